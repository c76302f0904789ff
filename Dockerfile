# The images of the product: docker build --target silo|silo-cuda|cli. docs/kubernetes.md has how they are used, and how large they are and why.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
# .NET comes with the programs; the base has glibc, libstdc++, OpenSSL, certificates and time zones.
ARG BASE=mcr.microsoft.com/dotnet/runtime-deps:10.0

FROM ${SDK} AS source
RUN command -v strip || { apt-get update && apt-get install -y --no-install-recommends binutils; }
WORKDIR /source
COPY . .

FROM source AS published
ARG VERSION=0.0.0
RUN build/publish.sh cpu "$VERSION" /published silo/PmSFC.SiloHost/PmSFC.SiloHost.csproj client/PmSFC.Cli/PmSFC.Cli.csproj

FROM ${BASE} AS base
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# As build/setup.sh has them for tensors, with the reasons. HOME and PMSFC_LOGS: nothing but /tmp is written to, so the root may be read-only.
ENV MALLOC_MMAP_MAX_=0 \
    MALLOC_TRIM_THRESHOLD_=4294967296 \
    OMP_WAIT_POLICY=PASSIVE \
    CUDA_DEVICE_ORDER=PCI_BUS_ID \
    HOME=/tmp \
    PMSFC_LOGS=/tmp/pmsfc-logs
USER 65532:65532
WORKDIR /tmp

FROM base AS runtime
COPY --from=published /published/shared /app

FROM runtime AS silo
LABEL org.opencontainers.image.title="pmsfc-silo" \
      org.opencontainers.image.description="A silo of a PmSFC cluster; its device is the CPU"
COPY --from=published /published/pmsfc-silo /app
EXPOSE 8080 8081 11111 30000
ENTRYPOINT ["/app/pmsfc-silo"]

FROM runtime AS cli
LABEL org.opencontainers.image.title="pmsfc" \
      org.opencontainers.image.description="The command line of PmSFC.Cluster"
COPY --from=published /published/pmsfc /app
ENTRYPOINT ["/app/pmsfc"]

# Last, because some builders make all stages before the one that they are asked for.
FROM source AS published-cuda
ARG VERSION=0.0.0
RUN build/publish.sh cuda "$VERSION" /published silo/PmSFC.SiloHost/PmSFC.SiloHost.csproj

FROM base AS silo-cuda
LABEL org.opencontainers.image.title="pmsfc-silo-cuda" \
      org.opencontainers.image.description="A silo of a PmSFC cluster; its devices are GPUs of NVIDIA"
# Which of the driver's libraries the container toolkit mounts. NVIDIA_VISIBLE_DEVICES is not set: a container that asks for no GPU would see all.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=published-cuda /published/shared /app
COPY --from=published-cuda /published/pmsfc-silo /app
EXPOSE 8080 8081 11111 30000
ENTRYPOINT ["/app/pmsfc-silo"]
