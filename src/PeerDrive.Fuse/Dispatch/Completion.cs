namespace PeerDrive.Fuse.Dispatch;

/// <summary>Answers requests with what operations come to: at once when they are done, else whenever and wherever they are.</summary>
internal sealed class Completion(FuseFileSystem files, RequestPool pool, Action<Exception> onFault)
{
    public delegate Errno Answer<T>(FuseRequest request, in T value);

    /// <summary>Undoes what a reply that nobody waits for would have given to the kernel.</summary>
    public delegate void TakeBack<T>(FuseRequest request, in T value);

    /// <returns>True: answered, the reader keeps the request. False: it is the operation's until it is done.</returns>
    public bool Complete<T>(FuseRequest request, ValueTask<FuseResult<T>> operation, Answer<T> answer, TakeBack<T>? takeBack = null)
    {
        if (!operation.IsCompletedSuccessfully)
        {
            _ = CompleteLaterAsync(request, operation, answer, takeBack);
            return false;
        }
        Finish(request, operation.Result, answer, takeBack);
        return true;
    }

    /// <param name="answer">Null: success has no body.</param>
    /// <param name="takeBack">Also when the operation fails.</param>
    public bool Complete(FuseRequest request, ValueTask<Errno> operation, Func<FuseRequest, Errno>? answer = null, Action<FuseRequest>? takeBack = null)
    {
        if (!operation.IsCompletedSuccessfully)
        {
            _ = CompleteLaterAsync(request, operation, answer, takeBack);
            return false;
        }
        Finish(request, operation.Result, answer, takeBack);
        return true;
    }

    public bool Complete(FuseRequest request, Errno error)
    {
        Check(request.Fail(error));
        return true;
    }

    /// <summary>Answers with the error that an exception means. What is not meant for the caller is reported as a fault.</summary>
    public void Fail(FuseRequest request, Exception exception)
    {
        var error = files.ErrorOf(exception);
        if (error is Errno.Io or Errno.None) onFault(exception);
        if (!request.IsAnswered) Check(request.Fail(error == Errno.None ? Errno.Io : error));
    }

    /// <summary>Lets an operation end that no request waits for.</summary>
    public void Observe(ValueTask<Errno> operation)
    {
        if (!operation.IsCompletedSuccessfully) _ = ObserveLaterAsync(operation);
    }

    private async Task ObserveLaterAsync(ValueTask<Errno> operation)
    {
        try
        {
            await operation.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            onFault(e);
        }
    }

    private async Task CompleteLaterAsync<T>(FuseRequest request, ValueTask<FuseResult<T>> operation, Answer<T> answer, TakeBack<T>? takeBack)
    {
        try
        {
            Finish(request, await operation.ConfigureAwait(false), answer, takeBack);
        }
        catch (Exception e)
        {
            Fail(request, e);
        }
        finally
        {
            pool.Return(request);
        }
    }

    private async Task CompleteLaterAsync(FuseRequest request, ValueTask<Errno> operation, Func<FuseRequest, Errno>? answer, Action<FuseRequest>? takeBack)
    {
        try
        {
            Finish(request, await operation.ConfigureAwait(false), answer, takeBack);
        }
        catch (Exception e)
        {
            Fail(request, e);
        }
        finally
        {
            pool.Return(request);
        }
    }

    private void Finish<T>(FuseRequest request, in FuseResult<T> result, Answer<T> answer, TakeBack<T>? takeBack)
    {
        if (result.Error != Errno.None)
        {
            Check(request.Fail(result.Error));
            return;
        }
        var sent = answer(request, result.Value);
        if (sent != Errno.None) takeBack?.Invoke(request, result.Value);
        Check(sent);
    }

    private void Finish(FuseRequest request, Errno result, Func<FuseRequest, Errno>? answer, Action<FuseRequest>? takeBack)
    {
        var sent = result == Errno.None && answer is not null ? answer(request) : request.Fail(result);
        if (sent != Errno.None || result != Errno.None) takeBack?.Invoke(request);
        Check(sent);
    }

    /// <summary>That a caller has gone meanwhile, or the whole mount, is no fault.</summary>
    private void Check(Errno sent)
    {
        if (sent is Errno.None or Errno.NotFound or Errno.NoDevice or Errno.ConnectionAborted or Errno.NotPermitted) return;
        onFault(new FuseException(sent, $"The kernel did not take a reply: {sent}."));
    }
}
