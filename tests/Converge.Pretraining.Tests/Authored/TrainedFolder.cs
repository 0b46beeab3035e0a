using Converge.Engine.Tokenizers;
using Converge.Engine.Tokenizers.Training;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>A tokenizer trained on documents of every kind, for the tests of a class.</summary>
public sealed class TrainedFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("converge-tokenizer-");

    public TrainedFolder()
    {
        var corpus = new CorpusGenerator(2);
        TokenizerJson.WriteByteLevel(_folder.FullName, BytePairTrainer.Train(Enumerable.Range(0, 800).Select(i => corpus.Draw(Mixtures.All, i).Text), 900));
        Tokenizer = Tokenizer.Load(_folder.FullName);
    }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
