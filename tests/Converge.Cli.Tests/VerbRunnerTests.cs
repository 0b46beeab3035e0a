using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Engine;

namespace Converge.Cli.Tests;

public sealed class VerbRunnerTests
{
    [Fact]
    public void A_result_is_an_exit_code_and_with_json_one_object()
    {
        var (code, output, error) = Run(invocation =>
        {
            invocation.Say("for people");
            invocation.Note("on the way");
            return new VerbResult(new JsonObject { ["answer"] = 42 }, 0);
        }, "--json");
        Assert.Equal((0, "on the way\n"), (code, error));
        var json = JsonNode.Parse(output)!;
        Assert.Equal(("test", 0, 42), ((string)json["verb"]!, (int)json["exit_code"]!, (int)json["answer"]!));
        Assert.True((long)json["peak_memory_bytes"]! > 0);
        Assert.Equal("for people\n", Run(invocation => { invocation.Say("for people"); return new VerbResult([]); }).Output);
    }

    [Fact]
    public void Bad_input_is_one_line_even_if_its_text_is_not()
    {
        var (code, output, error) = Run(_ => throw new BadInputException("file\nname", "holds \u001b[31m", "Mend it"));
        Assert.Equal((2, ""), (code, output));
        Assert.Equal("converge: file\\nname: holds \\u001B[31m. Mend it.\n", error);
    }

    [Fact]
    public void A_failure_of_ours_is_one_line_and_with_verbose_its_place()
    {
        var (code, _, error) = Run(_ => throw new InvalidOperationException("broken"));
        Assert.Equal(1, code);
        Assert.Equal("converge: test: InvalidOperationException: broken. Run with --verbose for the place.\n", error);
        Assert.Contains("   at ", Run(_ => throw new InvalidOperationException("broken"), "--verbose").Error);
    }

    [Fact]
    public void A_file_system_that_refuses_is_bad_input()
    {
        Assert.Equal(2, Run(_ => throw new UnauthorizedAccessException("Access to the path is denied.")).Code);
        Assert.Equal(2, Run(_ => throw new IOException("No space left on device.")).Code);
    }

    [Fact]
    public void A_vector_path_that_the_processor_lacks_is_bad_input()
    {
        var (code, _, error) = Run(_ => throw new PlatformNotSupportedException("CONVERGE_SIMD=wide: unknown; use scalar or avx2"));
        Assert.Equal((2, "converge: CONVERGE_SIMD=wide: unknown; use scalar or avx2.\n"), (code, error));
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_failure() => Assert.Equal(1, Run(_ => throw new OperationCanceledException()).Code);

    private static (int Code, string Output, string Error) Run(Func<Invocation, VerbResult> action, params string[] options)
    {
        var root = new RootCommand { GlobalOptions.Json, GlobalOptions.Verbose };
        root.Add(new TestVerb(action));
        var (output, error) = (new StringWriter(), new StringWriter());
        int code = root.Parse(["test", .. options]).Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }

    private sealed class TestVerb(Func<Invocation, VerbResult> action) : Verb("test", VerbGroup.Look, "A verb of the tests", "converge test")
    {
        public override VerbResult Execute(ParseResult arguments, Invocation invocation) => action(invocation);
    }
}
