using System.Text;

namespace Converge.Report.Markup;

/// <summary>
/// Writes HTML or SVG in which text and attribute values are escaped by construction: the only way past it is <see cref="Markup"/>, which
/// takes what another writer made.
/// </summary>
internal sealed class MarkupWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; an attribute whose value is null is left out.</summary>
    public MarkupWriter Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(tag, attributes);
        _text.Append('>');
        _open.Push(tag);
        return this;
    }

    /// <summary>Closes the element opened last.</summary>
    public MarkupWriter Close()
    {
        var tag = _open.Pop();
        _text.Append("</").Append(tag).Append('>');
        if (tag is not ("span" or "b" or "em" or "code" or "a" or "tspan" or "td" or "th" or "kbd" or "bdi")) _text.Append('\n');
        return this;
    }

    /// <summary>An element without content.</summary>
    public MarkupWriter Empty(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(tag, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>An element that holds text.</summary>
    public MarkupWriter Leaf(string tag, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Open(tag, attributes).Text(text).Close();

    /// <summary>Text.</summary>
    public MarkupWriter Text(string text)
    {
        foreach (char c in VisibleText.Of(text))
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                _ => _text.Append(c),
            };
        return this;
    }

    /// <summary>Markup made by another writer, or a constant of the program.</summary>
    public MarkupWriter Markup(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is still open");

    private void Start(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _text.Append('<').Append(tag);
        foreach (var (name, value) in attributes)
        {
            if (value is null) continue;
            _text.Append(' ').Append(name).Append("=\"");
            foreach (char c in VisibleText.Of(value))
                _ = c switch
                {
                    '&' => _text.Append("&amp;"),
                    '<' => _text.Append("&lt;"),
                    '>' => _text.Append("&gt;"),
                    '"' => _text.Append("&quot;"),
                    '\n' => _text.Append("&#10;"),
                    '\t' => _text.Append("&#9;"),
                    _ => _text.Append(c),
                };
            _text.Append('"');
        }
    }
}
