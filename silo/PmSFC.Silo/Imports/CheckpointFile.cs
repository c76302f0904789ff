using PmSFC.Abstractions.Failures;
using PmSFC.Imaging.Files;

namespace PmSFC.Silo.Imports;

/// <summary>Reads a user's files of weights.</summary>
public static class CheckpointFile
{
    /// <summary>A file's content.</summary>
    /// <exception cref="BadInputException">It cannot be read, is no regular file, or is larger than 2 GiB.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                    UserFile.ReadAll(
                        path,
                        "a file of weights",
                        Array.MaxLength,
                        "save the state dict of the one network that is needed, alone",
                        cancellationToken
                    ),
                cancellationToken
            );
        }
        catch (UserFileException e)
        {
            throw new BadInputException(e.Message);
        }
    }
}
