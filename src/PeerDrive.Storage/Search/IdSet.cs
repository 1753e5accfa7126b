using System.Numerics;

namespace PeerDrive.Storage.Search;

/// <summary>A set of lines of the search index from one range, a bit for each. Grows as it is added to.</summary>
/// <param name="first">The number of the range's first line.</param>
internal sealed class IdSet(long first)
{
    private ulong[] bits = [];

    public long First => first;

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var each in bits) count += BitOperations.PopCount(each);
            return count;
        }
    }

    public void Add(long id)
    {
        var at = id - first;
        var word = (int)(at >> 6);
        if (word >= bits.Length) Array.Resize(ref bits, Math.Max(word + 1, bits.Length * 2));
        bits[word] |= 1UL << (int)(at & 63);
    }

    public bool Contains(long id)
    {
        var at = id - first;
        return at >= 0 && at >> 6 < bits.Length && (bits[(int)(at >> 6)] & (1UL << (int)(at & 63))) != 0;
    }

    public void Remove(long id)
    {
        if (Contains(id)) bits[(int)((id - first) >> 6)] &= ~(1UL << (int)((id - first) & 63));
    }

    /// <summary>Adds a run of lines.</summary>
    public void AddRange(long from, long to)
    {
        for (var id = from; id <= to;)
        {
            var at = id - first;
            if ((at & 63) == 0 && to - id >= 63)
            {
                Add(id);
                bits[(int)(at >> 6)] = ulong.MaxValue;
                id += 64;
            }
            else
            {
                Add(id++);
            }
        }
    }

    public IdSet And(IdSet other)
    {
        var both = new IdSet(first) { bits = new ulong[Math.Min(bits.Length, other.bits.Length)] };
        for (var i = 0; i < both.bits.Length; i++) both.bits[i] = bits[i] & other.bits[i];
        return both;
    }

    public IdSet Or(IdSet other)
    {
        var (shorter, longer) = bits.Length < other.bits.Length ? (bits, other.bits) : (other.bits, bits);
        var any = new IdSet(first) { bits = [.. longer] };
        for (var i = 0; i < shorter.Length; i++) any.bits[i] |= shorter[i];
        return any;
    }

    public IdSet Except(IdSet other)
    {
        var rest = new IdSet(first) { bits = [.. bits] };
        for (var i = 0; i < Math.Min(bits.Length, other.bits.Length); i++) rest.bits[i] &= ~other.bits[i];
        return rest;
    }

    /// <summary>In their order.</summary>
    public IEnumerable<long> Ids()
    {
        for (var word = 0; word < bits.Length; word++)
        {
            for (var rest = bits[word]; rest != 0; rest &= rest - 1) yield return first + ((long)word << 6) + BitOperations.TrailingZeroCount(rest);
        }
    }
}
