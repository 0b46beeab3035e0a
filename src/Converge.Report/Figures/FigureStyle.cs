using Converge.Studies.Conditions;
using Converge.Studies.Metrics;

namespace Converge.Report.Figures;

/// <summary>
/// How figures look. Colours are those of Okabe and Ito, which people with the common colour deficiencies can tell apart, lightened
/// for a dark page; every series has a marker and a dash of its own as well. Controls are grey, told apart by their dashes and by name.
/// </summary>
internal static class FigureStyle
{
    public const string Light =
        "--paper:#ffffff;--ink:#1b1f24;--muted:#59636e;--grid:#e3e7eb;--axis:#8b949e;--icl-it:#d55e00;--anchor-icl:#0072b2;--anchor-it:#009e73;--level:#6e7781;";

    public const string Dark =
        "--paper:#14181d;--ink:#e8ebee;--muted:#a3adb8;--grid:#2b323a;--axis:#6b7580;--icl-it:#f5893d;--anchor-icl:#5cb8ec;--anchor-it:#33c79b;--level:#a3adb8;";

    public const string Rules = """
        svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px;fill:var(--ink)}
        svg text.muted{fill:var(--muted)}svg text.tick{fill:var(--muted);font-size:11px}svg text.title{font-size:13.5px;font-weight:600}svg text.strong{font-weight:600}
        svg .tag{fill:var(--muted);font-size:10.5px;font-weight:400}
        svg .grid{stroke:var(--grid);stroke-width:1}svg .axis{stroke:var(--axis);stroke-width:1}
        svg .level{stroke:var(--level);stroke-width:1.5;stroke-dasharray:2 3;fill:none}svg .zero{stroke:var(--axis);stroke-width:1.25}
        svg .level.c2{stroke-dasharray:9 3}svg .level.c3{stroke-dasharray:none}svg .level.c3b{stroke-dasharray:5 2}svg .level.c4{stroke-dasharray:9 3 2 3}svg .level.c5{stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2.25}
        svg .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}svg .ci{stroke-width:4;stroke-linecap:butt}
        svg .band{stroke:none;fill-opacity:.16}svg .box{stroke:none;fill-opacity:.14}svg .dot{fill-opacity:.62;stroke:none}svg .faint{stroke-opacity:.28;stroke-width:1}
        svg .mean{stroke:var(--paper);stroke-width:1.25}
        svg .icl-it.f{fill:var(--icl-it)}svg .icl-it.s{stroke:var(--icl-it)}
        svg .anchor-icl.f{fill:var(--anchor-icl)}svg .anchor-icl.s{stroke:var(--anchor-icl)}svg .anchor-icl.line{stroke-dasharray:7 3}
        svg .anchor-it.f{fill:var(--anchor-it)}svg .anchor-it.s{stroke:var(--anchor-it)}svg .anchor-it.line{stroke-dasharray:2 3.5}
        svg .plain.f{fill:var(--ink)}svg .plain.s{stroke:var(--ink)}svg .control.f{fill:var(--level)}svg .control.s{stroke:var(--level)}
        svg .thin{stroke-width:1.25;stroke-opacity:.45}svg .halo{paint-order:stroke;stroke:var(--halo,var(--paper));stroke-width:3.5px;stroke-linejoin:round}svg .hollow{fill:var(--paper);stroke-width:2}
        """;

    /// <summary>The marker of a pair.</summary>
    public static Marker MarkerOf(ConditionPair pair) =>
        pair == ConditionPair.IclIt ? Marker.Circle : pair == ConditionPair.AnchorIcl ? Marker.Square : Marker.Triangle;

    /// <summary>The marker of a condition: that of its pair with the anchor.</summary>
    public static Marker MarkerOf(Condition condition) =>
        condition == Condition.Anchor ? Marker.Diamond : condition == Condition.Icl ? Marker.Square : Marker.Triangle;

    /// <summary>The class of a condition: that of its pair with the anchor.</summary>
    public static string ClassOf(Condition condition) =>
        condition == Condition.Anchor ? "plain" : condition == Condition.Icl ? ConditionPair.AnchorIcl.Name : ConditionPair.AnchorIt.Name;

    /// <summary>The class of a control's line.</summary>
    public static string LineOf(Control control) => control.Pair == ConditionPair.IclIclReordered.Name ? "level c3b" : LineOf(control.Id);

    /// <summary>The class of the line of a control that begins with its id.</summary>
    public static string LineOf(string role) => $"level {role[..2].ToLowerInvariant()}";
}
