namespace Converge.Engine.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_whole()
    {
        var path = _folder.Write("a.txt", "earlier");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("la"u8);
            stream.Flush();
            Assert.Equal("earlier", File.ReadAllText(path));
            stream.Write("ter"u8);
        });
        Assert.Equal("later", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_failure_of_ours_is_passed_on_and_leaves_the_earlier_file()
    {
        var path = _folder.Write("a.txt", "earlier");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException("ours")));
        Assert.Throws<ArgumentOutOfRangeException>(() => AtomicFile.Write(path, _ => ArgumentOutOfRangeException.ThrowIfNegative(-1, "value")));
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [SkippableFact]
    public void A_file_larger_than_the_file_system_allows_is_bad_input_and_leaves_the_earlier_file()
    {
        var path = _folder.Write("a.txt", "earlier");
        bool allowed = false;
        var error = Record.Exception(() => AtomicFile.Write(path, stream =>
        {
            stream.SetLength(long.MaxValue);
            allowed = true;
            throw new IOException("stop");
        }));
        Skip.If(allowed, "needs a file system that refuses a file of eight exbibytes");
        Assert.Contains("cannot be written", Assert.IsType<BadInputException>(error).What);
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
