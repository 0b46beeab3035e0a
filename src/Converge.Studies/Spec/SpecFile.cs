using Converge.Engine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Converge.Studies.Spec;

/// <summary>Reads a YAML file into nodes that know their file and line.</summary>
internal static class SpecFile
{
    private const int DeepestNesting = 32;

    /// <summary>The file's one document, a mapping.</summary>
    /// <exception cref="BadInputException">The file cannot be read, is not YAML, or is not one mapping.</exception>
    public static MapNode Read(string path)
    {
        var text = ReadText(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Parse(text, path, folder, mark => $"{path}:{mark.Line}") as MapNode
            ?? throw new BadInputException(path, "is not a mapping of keys to values", "Start it with lines such as 'name: first'");
    }

    /// <summary>A value as a YAML fragment, for example the right side of <c>--set</c>.</summary>
    /// <exception cref="BadInputException">It is not YAML.</exception>
    public static SpecNode Fragment(string text, string where, string folder) => Parse(text, where, folder, _ => where);

    private static SpecNode Parse(string text, string name, string folder, Func<Mark, string> where)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 1) throw new BadInputException(name, $"holds {stream.Documents.Count} YAML documents", "Keep one document a file");
            return stream.Documents.Count == 0 ? new ScalarNode("", true, name, folder) : Convert(stream.Documents[0].RootNode, folder, where, 0);
        }
        catch (YamlException error)
        {
            throw new BadInputException(where(error.Start), $"is not valid YAML ({OneLine.Of(error.Message).TrimEnd('.')})", "Mend the line; indentation is by spaces, and text with ': ' or '#' needs quotes");
        }
    }

    private static SpecNode Convert(YamlNode node, string folder, Func<Mark, string> where, int depth)
    {
        var place = where(node.Start);
        if (depth > DeepestNesting) throw new BadInputException(place, "is nested too deeply", "Flatten it");
        return node switch
        {
            YamlScalarNode scalar => new ScalarNode(scalar.Value ?? "", scalar.Style == ScalarStyle.Plain, place, folder),
            YamlSequenceNode list => new ListNode([.. list.Select(item => Convert(item, folder, where, depth + 1))], place, folder),
            YamlMappingNode map => new MapNode([.. map.Select(entry => Entry(entry.Key, entry.Value, folder, where, depth))], place, folder),
            _ => throw new BadInputException(place, $"holds {node.NodeType}, which is not used here", "Write the value out"),
        };
    }

    private static MapEntry Entry(YamlNode key, YamlNode value, string folder, Func<Mark, string> where, int depth) =>
        key is YamlScalarNode { Value: { } name }
            ? new MapEntry(name, where(key.Start), Convert(value, folder, where, depth + 1))
            : throw new BadInputException(where(key.Start), "a key must be one word", "Write 'key: value'");

    private static string ReadText(string path)
    {
        if (!File.Exists(path)) throw new BadInputException(path, "does not exist", "Check the path; relative paths are meant from the file that names them");
        try
        {
            return File.ReadAllText(path, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Text.DecoderFallbackException)
        {
            throw new BadInputException(path, $"cannot be read ({error.Message.TrimEnd('.')})", "Check that it is a readable text file in UTF-8");
        }
    }
}
