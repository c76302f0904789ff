namespace PmSFC.Storage.Tests;

public sealed class TmpfsFactAttribute : FactAttribute
{
    public TmpfsFactAttribute() => Skip = Tmpfs.Missing;
}
