using System.Net.Sockets;
using PmSFC.Imaging.Files;

namespace PmSFC.Imaging.Tests;

public sealed class UserFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenRead_NamedPipe_IsRefusedAtOnce()
    {
        var path = In("pipe.png");
        ChildProcess.Run("mkfifo", path).ShouldSucceed();

        Refusal(path).ShouldBe($"{path} is not a regular file but a named pipe; name an image file.");
        Should.Throw<ImageException>(() => ImageFile.Read(path)).Message.ShouldBe(Refusal(path));
    }

    [Fact]
    public void OpenRead_LinkToAPipe_IsRefused()
    {
        ChildProcess.Run("mkfifo", In("pipe")).ShouldSucceed();
        File.CreateSymbolicLink(In("link.png"), In("pipe"));

        Refusal(In("link.png")).ShouldContain("link.png is not a regular file but a named pipe");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/tty")]
    public void OpenRead_LinkToADevice_IsRefused(string device)
    {
        File.CreateSymbolicLink(In("link.png"), device);

        Refusal(In("link.png")).ShouldContain("is not a regular file but a device");
        Refusal(device).ShouldBe($"{device} is not a regular file but a device; name an image file.");
    }

    [Fact]
    public void OpenRead_Socket_IsRefused()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(In("socket.png")));

        Refusal(In("socket.png")).ShouldContain("is not a regular file but a socket");
    }

    [Fact]
    public void OpenRead_Directory_IsRefused() =>
        Refusal(_folder.Path).ShouldBe($"{_folder.Path} is a directory; name an image file in it.");

    [Fact]
    public void OpenRead_LinkToNothing_SaysWhereItLeads()
    {
        File.CreateSymbolicLink(In("link.png"), "gone.png");

        Refusal(In("link.png"))
            .ShouldBe($"{In("link.png")} is a link to gone.png, which does not exist; remove the link, or put that file there.");
    }

    [Fact]
    public void OpenRead_LinkToItself_IsRefused()
    {
        File.CreateSymbolicLink(In("loop.png"), In("loop.png"));

        Refusal(In("loop.png")).ShouldStartWith($"{In("loop.png")} ");
    }

    [Fact]
    public void OpenRead_NoSuchFile_SaysSo() => Refusal(In("none.png")).ShouldBe($"{In("none.png")} does not exist; check the path.");

    [Fact]
    public void OpenRead_NameWithANul_IsRefused() => Refusal("a\0b.png").ShouldContain("cannot be read");

    [Fact]
    public void ReadAll_KernelFileOfNoLength_IsEmpty() => UserFile.ReadAll("/proc/kmsg", "a file", 10, "cut it").ShouldBeEmpty();

    [Fact]
    public void ReadAll_LinkToAFile_GivesItsContent()
    {
        File.WriteAllBytes(In("file"), [1, 2, 3]);
        File.CreateSymbolicLink(In("link"), In("file"));

        UserFile.ReadAll(In("link"), "a file", 3, "cut it").ShouldBe([1, 2, 3]);
        Should
            .Throw<UserFileException>(() => UserFile.ReadAll(In("link"), "a file", 2, "cut it"))
            .Problem.ShouldBe("is larger than the 0 MiB that are read; cut it.");
    }

    [Fact]
    public void ReadAll_SparseFileOverTheLimit_IsRefusedUnread()
    {
        using (var file = File.Create(In("huge.png")))
            file.SetLength(1L << 40);

        Should
            .Throw<ImageException>(() => ImageFile.Read(In("huge.png")))
            .Message.ShouldBe($"{In("huge.png")} is larger than the 256 MiB that are read; scale the image down or save it compressed.");
    }

    [Fact]
    public void ReadAll_Cancelled_Stops()
    {
        File.WriteAllBytes(In("file"), [1, 2, 3]);

        Should.Throw<OperationCanceledException>(() =>
            UserFile.ReadAll(In("file"), "a file", 9, "cut it", new CancellationToken(canceled: true))
        );
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private static string Refusal(string path) =>
        Should.Throw<UserFileException>(() => UserFile.OpenRead(path, "an image file").Dispose()).Message;
}
