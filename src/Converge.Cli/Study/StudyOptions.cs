using System.CommandLine;
using Converge.Engine;
using Converge.Studies.Spec;

namespace Converge.Cli.Study;

/// <summary>The study file and the changes made to it on the command line.</summary>
internal sealed class StudyOptions
{
    private readonly Argument<string> _file = new("STUDY") { Description = "A study: a YAML file" };
    private readonly Option<string[]> _set = new("--set") { Description = "Change a key of the study: --set runs=5 --set tuning.learning_rate=1e-3", HelpName = "path=value", DefaultValueFactory = _ => [] };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_set);
    }

    /// <summary>The file given.</summary>
    public string File(ParseResult arguments) => arguments.GetRequiredValue(_file);

    /// <summary>The changes given.</summary>
    public string[] Overrides(ParseResult arguments) => arguments.GetRequiredValue(_set);

    /// <summary>Reads the study with its changes.</summary>
    /// <exception cref="BadInputException">It cannot be read or has a mistake.</exception>
    public StudySpec Load(ParseResult arguments) => StudySpec.Load(File(arguments), Overrides(arguments));
}
