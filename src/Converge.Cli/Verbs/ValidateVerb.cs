using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Study;
using Converge.Studies.Plan;

namespace Converge.Cli.Verbs;

/// <summary><c>converge validate</c>: everything that can be found wrong before any computing.</summary>
internal sealed class ValidateVerb : Verb
{
    private readonly StudyOptions _study = new();

    public ValidateVerb()
        : base("validate", VerbGroup.Study, "Check a study before any computing: keys, files, labels, templates on real rows, BOS, leaks", """
            converge validate studies/demo.yaml --set models.0.path=models/pocket
            """) => _study.AddTo(this);

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var file = _study.File(arguments);
        var result = invocation.Watch("validate", "units", 0, _ => StudyValidator.Check(file, _study.Overrides(arguments)));
        foreach (var prompt in result.Prompts)
        {
            invocation.Say($"--- {prompt.Model}, {prompt.Task}: {prompt.Condition}, {Quantities.Of(prompt.Tokens.Count, "token")}");
            foreach (var line in prompt.Text.Split('\n')) invocation.Say($"  | {line}");
            invocation.Say($"  {string.Join(' ', prompt.Tokens)}");
        }
        // Errors are the verb's result and may be many; a machine finds them in the JSON.
        foreach (var finding in result.Findings) invocation.Say($"{finding.Severity.ToString().ToLowerInvariant()}: {finding}");
        int errors = result.Findings.Count(finding => finding.Severity == Severity.Error);
        if (result.IsValid) invocation.Say($"{file} is valid: {Quantities.Of(result.Plan!.Units.Count, "unit")}");
        else invocation.Note($"converge: {file}: {Quantities.Of(errors, "error")}. Mend what is listed and validate again.");
        return new VerbResult(
            new JsonObject
            {
                ["valid"] = result.IsValid,
                ["findings"] = new JsonArray([.. result.Findings.Select(Data)]),
                ["prompts"] = new JsonArray([.. result.Prompts.Select(Data)]),
            },
            result.IsValid ? ExitCodes.Done : ExitCodes.BadInput);
    }

    private static JsonNode Data(Finding finding) => new JsonObject
    {
        ["severity"] = finding.Severity.ToString().ToLowerInvariant(),
        ["where"] = finding.Where,
        ["what"] = finding.What,
        ["mend"] = finding.Mend,
    };

    private static JsonNode Data(RenderedPrompt prompt) => new JsonObject
    {
        ["model"] = prompt.Model,
        ["task"] = prompt.Task,
        ["condition"] = prompt.Condition,
        ["text"] = prompt.Text,
        ["tokens"] = new JsonArray([.. prompt.Tokens.Select(token => (JsonNode)token)]),
    };
}
