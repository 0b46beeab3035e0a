using System.CommandLine;

namespace Converge.Cli.Hosting;

/// <summary>The headings under which the root's help lists the verbs.</summary>
internal enum VerbGroup
{
    /// <summary>Whole studies.</summary>
    Study,

    /// <summary>One model, without a study.</summary>
    Model,

    /// <summary>Looking at files before use.</summary>
    Look,
}

/// <summary>A subcommand: its options, its example and what it does.</summary>
internal abstract class Verb : Command
{
    protected Verb(string name, VerbGroup group, string summary, string example)
        : base(name, summary)
    {
        Group = group;
        Example = example;
        SetAction(arguments => VerbRunner.Run(this, arguments));
    }

    /// <summary>Where the root's help lists it.</summary>
    public VerbGroup Group { get; }

    /// <summary>A command line that works, for the verb's help.</summary>
    public string Example { get; }

    /// <summary>What to do after an interruption; a clause without a full stop.</summary>
    public virtual string AfterInterruption => "Nothing was written; run the command again";

    /// <summary>Does the work.</summary>
    /// <exception cref="Converge.Engine.BadInputException">What the user gave cannot be used.</exception>
    public abstract VerbResult Execute(ParseResult arguments, Invocation invocation);
}
