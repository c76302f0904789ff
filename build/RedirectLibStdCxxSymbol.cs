using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Redirects an ELF library's reference to <c>std::ios_base_library_init@GLIBCXX_3.4.32</c> to <c>std::ios_base::Init::Init()@GLIBCXX_3.4</c>
/// where the host's libstdc++ lacks the former. The file is replaced by a new one, so that hard links to the package cache stay as they are.
/// </summary>
public sealed class RedirectLibStdCxxSymbol : Task
{
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string MissingSymbol = "_ZSt21ios_base_library_initv";
    private const string OlderVersion = "GLIBCXX_3.4";
    private const string OlderSymbol = "_ZNSt8ios_base4InitC1Ev";

    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;
    private const ushort VersionIsWeak = 2;
    private const int SymbolSize = 24;

    public string Library { get; set; }

    public override bool Execute()
    {
        if (HostHasMissingVersion())
            return true;
        var image = File.ReadAllBytes(Library);
        if (!Redirect(image))
            return true;
        var temporary = Library + ".redirected";
        File.WriteAllBytes(temporary, image);
        File.Delete(Library);
        File.Move(temporary, Library);
        Log.LogMessage(MessageImportance.Low, "{0}: {1} redirected for this host's libstdc++", Library, MissingSymbol);
        return true;
    }

    private static bool HostHasMissingVersion()
    {
        var candidates = new[] { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib" }
            .Select(folder => Path.Combine(folder, "libstdc++.so.6"))
            .Where(File.Exists)
            .ToArray();
        return candidates.Length == 0
            || candidates.Any(path => Encoding.ASCII.GetString(File.ReadAllBytes(path)).Contains(MissingVersion + "\0"));
    }

    private static bool Redirect(byte[] image)
    {
        var table = (int)BitConverter.ToUInt64(image, 0x28);
        int entrySize = BitConverter.ToUInt16(image, 0x3A),
            entries = BitConverter.ToUInt16(image, 0x3C);
        var sections = Enumerable.Range(0, entries).Select(i => new Section(image, table + i * entrySize)).ToArray();
        var symbols = sections.First(s => s.Type == SectionDynamicSymbols);
        var strings = sections[symbols.Link].Offset;
        var needs = sections.First(s => s.Type == SectionVersionNeeds);
        var versionOfSymbol = sections.First(s => s.Type == SectionSymbolVersions).Offset;

        var versions = new Dictionary<string, int>();
        for (int need = needs.Offset, i = 0; i < needs.Info; i++)
        {
            var version = need + BitConverter.ToInt32(image, need + 8);
            for (var j = BitConverter.ToUInt16(image, need + 2); j > 0; j--)
            {
                versions[Text(image, strings + BitConverter.ToInt32(image, version + 8))] = version;
                version += BitConverter.ToInt32(image, version + 12);
            }

            need += BitConverter.ToInt32(image, need + 12);
        }

        if (!versions.ContainsKey(MissingVersion) || !versions.ContainsKey(OlderVersion))
            return false;
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            var name = strings + BitConverter.ToInt32(image, symbols.Offset + i * SymbolSize);
            if (Text(image, name) != MissingSymbol)
                continue;
            Encoding.ASCII.GetBytes(OlderSymbol + "\0").CopyTo(image, name);
            Array.Copy(image, versions[OlderVersion] + 6, image, versionOfSymbol + 2 * i, 2);
            image[versions[MissingVersion] + 4] |= (byte)VersionIsWeak;
            return true;
        }

        return false;
    }

    private static string Text(byte[] image, int offset) =>
        Encoding.ASCII.GetString(image, offset, Array.IndexOf(image, (byte)0, offset) - offset);

    private readonly struct Section
    {
        public Section(byte[] image, int at)
        {
            Type = BitConverter.ToUInt32(image, at + 4);
            Offset = (int)BitConverter.ToUInt64(image, at + 24);
            Size = (int)BitConverter.ToUInt64(image, at + 32);
            Link = BitConverter.ToInt32(image, at + 40);
            Info = BitConverter.ToInt32(image, at + 44);
        }

        public uint Type { get; }
        public int Offset { get; }
        public int Size { get; }
        public int Link { get; }
        public int Info { get; }
    }
}
