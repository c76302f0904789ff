namespace PmSFC.Silo.Devices.Checks;

/// <summary>Computes something whose answer is known.</summary>
internal interface IDeviceCheck
{
    /// <summary>What is computed.</summary>
    string Name { get; }

    /// <summary>Computes it on the device's thread, in a dispose scope of the caller's.</summary>
    IReadOnlyList<CheckResult> Run(CheckSubject subject);
}
