namespace Converge.Engine.Model;

/// <summary>Radix trees over sequences of tokens, one tree for each adapter and first token.</summary>
internal sealed class PrefixTrees
{
    private readonly SortedDictionary<int, List<Node>> _roots = [];

    public PrefixTrees(IReadOnlyList<(int[] Tokens, int Adapter)> sequences, bool share, IReadOnlyList<Apartness>? apart = null)
    {
        Ends = new Node[sequences.Count];
        for (int i = 0; i < sequences.Count; i++)
        {
            var (tokens, adapter) = sequences[i];
            var own = apart?[i] ?? Apartness.None;
            if (tokens.Length == 0) throw new ArgumentException($"sequence {i} is empty", nameof(sequences));
            if (!_roots.TryGetValue(adapter, out var roots)) _roots[adapter] = roots = [];
            if (share) Ends[i] = Insert(roots, tokens, adapter, own);
            else
            {
                Ends[i] = new Node(tokens, 0, tokens.Length, adapter, own);
                roots.Add(Ends[i]);
            }
        }
        if (share) RenewEnds(sequences, apart);
    }

    /// <summary>For each sequence, the node that its last token ends.</summary>
    public Node[] Ends { get; }

    /// <summary>All nodes with their parents, adapter after adapter, a parent before its children.</summary>
    public IEnumerable<(Node Node, Node? Parent)> ParentsFirst()
    {
        var stack = new Stack<(Node Node, Node? Parent)>();
        foreach (var root in _roots.Values.SelectMany(roots => roots))
        {
            stack.Push((root, null));
            while (stack.TryPop(out var item))
            {
                yield return item;
                for (int i = item.Node.Children.Count - 1; i >= 0; i--) stack.Push((item.Node.Children[i], item.Node));
            }
        }
    }

    private static Node Insert(List<Node> siblings, int[] tokens, int adapter, Apartness apart)
    {
        int at = 0;
        while (true)
        {
            var match = siblings.Find(Continues);
            if (match is null)
            {
                var leaf = new Node(tokens, at, tokens.Length - at, adapter, apart);
                siblings.Add(leaf);
                return leaf;
            }
            int common = 1;
            while (common < match.Length && at + common < tokens.Length && match.Holds(at + common, tokens, apart)) common++;
            if (common < match.Length) match.SplitAt(common);
            at += common;
            if (at == tokens.Length) return match;
            siblings = match.Children;
        }

        bool Continues(Node node) => node.Holds(at, tokens, apart);
    }

    // A later sequence may have split the node that an earlier one ended in: walk down once more now that the trees are final.
    private void RenewEnds(IReadOnlyList<(int[] Tokens, int Adapter)> sequences, IReadOnlyList<Apartness>? apart)
    {
        for (int i = 0; i < sequences.Count; i++)
            Ends[i] = Insert(_roots[sequences[i].Adapter], sequences[i].Tokens, sequences[i].Adapter, apart?[i] ?? Apartness.None);
    }

    /// <summary>A run of tokens: <paramref name="length"/> of the sequence <paramref name="source"/> from position <paramref name="from"/> on.</summary>
    internal sealed class Node(int[] source, int from, int length, int adapter, Apartness apart)
    {
        public int[] Source { get; } = source;

        public int From { get; } = from;

        public int Length { get; private set; } = length;

        public int Adapter { get; } = adapter;

        public List<Node> Children { get; private set; } = [];

        /// <summary>Whether the token at a position is that of a sequence, and may be shared with it.</summary>
        public bool Holds(int position, int[] tokens, Apartness other) => Source[position] == tokens[position] && apart.KeyAt(position) == other.KeyAt(position);

        /// <summary>Keeps the first tokens and moves the rest, with all children, into a new only child.</summary>
        public void SplitAt(int length)
        {
            var rest = new Node(Source, From + length, Length - length, Adapter, apart) { Children = Children };
            Length = length;
            Children = [rest];
        }
    }
}
