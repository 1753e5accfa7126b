using System.IO.Pipelines;
using System.Buffers.Binary;
using PeerDrive.Extraction.Working;
using PeerDrive.Testing;

namespace PeerDrive.Extraction.Tests;

/// <summary>What a node and its worker say to each other, byte for byte.</summary>
public class WorkerTests
{
    [Fact]
    public void Messages_have_the_bytes_that_are_documented()
    {
        Assert.Equal("46" + "0100000000000000", Convert.ToHexString(WorkerPipe.FileOf(1)));
        Assert.Equal("52" + "0000010000000000" + "00000100", Convert.ToHexString(WorkerPipe.Wanted(65536, 65536)));
        var answer = WorkerPipe.Answer(new Found("png", [new FoundField("width", "number", "1")], "", null));
        Assert.Equal("44", Convert.ToHexString(answer.AsSpan(0, 1)));
        Assert.Equal("{\"format\":\"png\",\"fields\":[{\"name\":\"width\",\"type\":\"number\",\"value\":\"1\"}],\"text\":\"\",\"problem\":null}", System.Text.Encoding.UTF8.GetString(answer.AsSpan(5)));
        Assert.Equal("png", WorkerPipe.ParseAnswer(answer.AsSpan(5))!.Format);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"format\":\"x\",\"fields\":null,\"text\":\"\"}")]
    [InlineData("{\"format\":\"x\",\"fields\":[")]
    public void What_is_no_answer_is_none(string json) => Assert.Null(WorkerPipe.ParseAnswer(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task A_worker_asks_for_the_bytes_that_it_needs_answers_and_takes_the_next_file()
    {
        var (toWorker, fromWorker) = (new Pipe(), new Pipe());
        var worker = Task.Factory.StartNew(
            () => ExtractionWorker.Run(toWorker.Reader.AsStream(), fromWorker.Writer.AsStream()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await using var input = toWorker.Writer.AsStream();
        await using var output = fromWorker.Reader.AsStream();
        var head = new byte[13];
        await output.ReadExactlyAsync(head.AsMemory(0, 1));
        Assert.Equal(WorkerPipe.Ready, head[0]);
        foreach (var (name, format) in new[] { ("song.mp3", "mp3"), ("notes.txt", "text"), ("archive.zip", "zip") })
            Assert.Equal(format, (await ServeAsync(input, output, SampleFiles.All()[name]))!.Format);
        // A content that goes away is no content of the file's fault, and the worker goes on.
        Assert.Equal("not here", (await ServeAsync(input, output, SampleFiles.All()["song.mp3"], isGone: true))!.Problem);
        Assert.Equal("png", (await ServeAsync(input, output, SampleFiles.All()["image.png"]))!.Format);
        await toWorker.Writer.CompleteAsync();
        await worker.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private static async Task<Found?> ServeAsync(Stream input, Stream output, byte[] file, bool isGone = false)
    {
        await input.WriteAsync(WorkerPipe.FileOf(file.Length));
        await input.FlushAsync();
        var head = new byte[13];
        while (true)
        {
            await output.ReadExactlyAsync(head.AsMemory(0, 5));
            if (head[0] == WorkerPipe.Done)
            {
                var json = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
                await output.ReadExactlyAsync(json);
                return WorkerPipe.ParseAnswer(json);
            }
            await output.ReadExactlyAsync(head.AsMemory(5, 8));
            var offset = (int)BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(1));
            var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(9));
            var told = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(told, isGone ? -1 : length);
            await input.WriteAsync(told);
            if (!isGone) await input.WriteAsync(file.AsMemory(offset, length));
            await input.FlushAsync();
        }
    }
}
