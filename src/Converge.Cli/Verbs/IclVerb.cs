using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Pretraining.Measuring;

namespace Converge.Cli.Verbs;

/// <summary><c>converge icl</c>: does a model learn in context?</summary>
internal sealed class IclVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<int?> _episodes = Opt.Count("--episodes", "Episodes for each row [default: 300]");
    private readonly Option<int?> _seed = Opt.Count("--seed", "The seed of the episodes [default: 1]", least: 0);

    public IclVerb()
        : base("icl", VerbGroup.Look, "Does a model learn in context? Accuracy by number of demonstrations, with flipped, unseen and shuffled labels", "converge icl --model models/pocket --episodes 20")
    {
        _model.AddTo(this);
        Add(_episodes);
        Add(_seed);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        using var checkpoint = _model.Open(arguments);
        using var model = _model.Load(arguments, checkpoint);
        int episodes = arguments.GetValue(_episodes) ?? 300;
        var measurement = new IclMeasurement(model, _model.Tokenizer(arguments).Value, episodes, (ulong)(arguments.GetValue(_seed) ?? 1));
        var curves = invocation.Watch("measure", "rows", IclCondition.All.Count, counter =>
        {
            var done = new List<IclCurve>();
            foreach (var condition in IclCondition.All)
            {
                done.Add(measurement.Run(condition, invocation.Cancellation));
                counter.Report(done.Count);
            }
            return done;
        });
        invocation.Say($"accuracy in %, and its 95 % interval; {episodes} episodes of two classes with sentences that were held out of training; chance is 50");
        invocation.Say("");
        invocation.Say($"| k | {string.Join(" | ", IclMeasurement.Shots)} |");
        invocation.Say($"|---|{string.Concat(IclMeasurement.Shots.Select(_ => "---|"))}");
        foreach (var curve in curves) invocation.Say($"| {curve.Condition} | {string.Join(" | ", curve.Points.Select(Cell))} |");
        return new VerbResult(new JsonObject { ["episodes"] = episodes, ["curves"] = new JsonArray([.. curves.Select(Json)]) });
    }

    private static string Cell(IclPoint point) => string.Create(CultureInfo.InvariantCulture, $"{100 * point.Accuracy:0} [{100 * point.Interval.Low:0}, {100 * point.Interval.High:0}]");

    private static JsonObject Json(IclCurve curve) => new()
    {
        ["task"] = curve.Condition.Task,
        ["labels"] = curve.Condition.Labels.ToString().ToLowerInvariant(),
        ["instructed"] = curve.Condition.Instructed,
        ["shuffled"] = curve.Condition.Shuffled,
        ["new_wording"] = curve.Condition.NewWording,
        ["points"] = new JsonArray([.. curve.Points.Select(point => new JsonObject { ["shots"] = point.Shots, ["right"] = point.Right, ["accuracy"] = point.Accuracy, ["low"] = point.Interval.Low, ["high"] = point.Interval.High })]),
    };
}
