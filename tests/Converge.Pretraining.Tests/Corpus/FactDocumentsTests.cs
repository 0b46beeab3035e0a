using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>Plain sentences in which the words that are held out of labelled ones are met.</summary>
public sealed class FactDocumentsTests
{
    private static readonly FactDocuments s_facts = new(FactDocuments.Rules(Tasks.Common));

    [Fact]
    public void Every_held_out_word_with_a_meaning_for_a_class_is_met()
    {
        var met = Enumerable.Range(0, 6000).SelectMany(i => s_facts.Draw(new RandomStream(1, (ulong)i)).Text.Split([' ', '.', ',', '\n'])).ToHashSet();
        var (sentiment, topic) = (Grammar.Embedded("sentiment", Tasks.Common), Grammar.Embedded("topic", Tasks.Common));
        string[] ofSentiment = [.. new[] { "good", "bad", "praised", "blamed", "pleased", "displeased" }.SelectMany(rule => sentiment.Words(rule, heldOut: true))];
        string[] ofTopic = [.. topic.Words("classes").SelectMany(field => topic.Words($"{field}_noun", heldOut: true).Concat(topic.Words($"{field}_did", heldOut: true)))];
        Assert.True(ofSentiment.Length > 20 && ofTopic.Length > 30);
        Assert.Empty(ofSentiment.Concat(ofTopic).Except(met));
    }

    [Fact]
    public void They_have_four_to_twelve_lines_and_no_answer()
    {
        var documents = Enumerable.Range(0, 300).Select(i => s_facts.Draw(new RandomStream(2, (ulong)i))).ToList();
        Assert.All(documents, document => Assert.False(Assert.Single(document.Parts).IsAnswer));
        Assert.Equal(Enumerable.Range(4, 9), documents.Select(document => document.Text.Split('\n').Length).Distinct().Order());
    }
}
