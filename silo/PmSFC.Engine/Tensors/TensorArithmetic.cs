using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>Sums, products and powers whose numbers live until libtorch has read them.</summary>
/// <remarks>
/// TorchSharp makes a <see cref="Scalar"/> of every number, and nothing holds it once its handle is read: a garbage collection in that moment frees what
/// libtorch is about to read. The operators with a number are so, and every sum of two tensors, which has a factor of 1 inside. In the loop of a sweep
/// that is an assertion now and then, or a wrong number. Only what is a field or ends with a <c>using</c> is held; ScalarLifetimeTests finds the rest.
/// </remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar One = 1,
        Two = 2;

    extension(Tensor x)
    {
        /// <summary>x + y.</summary>
        public Tensor Add(Tensor y) => x.add(y, One);

        /// <summary>x + number.</summary>
        public Tensor Add(double number)
        {
            using Scalar held = number;
            return x.Add(held);
        }

        /// <summary>x + number.</summary>
        public Tensor Add(Scalar number) => x.add(number, One);

        /// <summary>x − number.</summary>
        public Tensor Subtract(double number) => x.Add(-number);

        /// <summary>x · number.</summary>
        public Tensor Multiply(double number)
        {
            using Scalar held = number;
            return x.mul(held);
        }

        /// <summary>x / number.</summary>
        public Tensor DivideBy(double number)
        {
            using Scalar held = number;
            return x.div(held);
        }

        /// <summary>x².</summary>
        public Tensor Squared() => x.pow(Two);

        /// <summary>x, or the nearer end of a range outside of it.</summary>
        public Tensor Clamp(double low, double high)
        {
            using Scalar least = low,
                most = high;
            return x.clamp(least, most);
        }

        /// <summary>Adds y in place.</summary>
        public Tensor AddInPlace(Tensor y) => x.add_(y, One);

        /// <summary>Adds a number in place.</summary>
        public Tensor AddInPlace(Scalar number) => x.add_(number, One);
    }
}
