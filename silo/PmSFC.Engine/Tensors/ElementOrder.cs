namespace PmSFC.Engine.Tensors;

/// <summary>The order in which the elements of tensors lie.</summary>
internal static class ElementOrder
{
    /// <summary>Elements in another order.</summary>
    /// <param name="values">[shape], row-major.</param>
    /// <param name="shape">The sizes as stored.</param>
    /// <param name="order">For each index of the result, which index as stored it is.</param>
    /// <param name="flip">Whether an index of the result runs backwards.</param>
    public static float[] Permute(float[] values, long[] shape, int[] order, Func<int, bool>? flip = null)
    {
        var strides = new long[shape.Length];
        for (long d = shape.Length - 1, step = 1; d >= 0; step *= shape[d--])
            strides[d] = step;
        var result = new float[values.Length];
        var index = new long[shape.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var place = 0L;
            for (var d = 0; d < order.Length; d++)
            {
                var size = shape[order[d]];
                place += strides[order[d]] * (flip is not null && flip(d) ? size - 1 - index[d] : index[d]);
            }

            result[i] = values[place];
            for (var d = order.Length - 1; d >= 0 && ++index[d] == shape[order[d]]; d--)
                index[d] = 0;
        }

        return result;
    }
}
