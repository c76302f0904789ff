using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PmSFC.Connections;

namespace PmSFC.Cluster.Tests.Api;

public sealed class SubmissionTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Methods = "generator: none\nmethods:\n  - method: mganprior\n";

    /// <summary>A path would be one of the silo's machine.</summary>
    [Theory]
    [InlineData(Methods, "spec:1:1: the spec names no images; write 'images: set:NAME'")]
    [InlineData("images: /etc\n" + Methods, "spec:1:1: the images must be an image set of the store, written as set:NAME")]
    [InlineData("images: ../../etc\n" + Methods, "spec:1:1: the images must be an image set")]
    [InlineData("images: ~/pictures\n" + Methods, "spec:1:1: the images must be an image set")]
    [InlineData(
        "images: set:faces\ntask: { name: inpainting, settings: { mask: /etc/mask.png } }\n" + Methods,
        "spec:2:39: a picture file cannot be named here"
    )]
    [InlineData(
        "images: set:faces\n" + Methods + "    network: { weights: /etc/passwd }\n",
        "images or weights of a network cannot be named here"
    )]
    [InlineData("images: set:faces\n" + Methods + "    network: { images: /etc }\n", "images or weights of a network cannot be named here")]
    [InlineData("images: set:faces\n" + Methods, "There is no generator 'none'")]
    [InlineData("images: set:faces\nmethods: []\n", "spec:1:1: the sweep has no 'generator'; add that key.")]
    [InlineData(
        "{\"images\": \"set:faces\", \"generator\": \"none\", \"methods\": [{\"method\": \"mganprior\"}]}",
        "There is no generator 'none'"
    )]
    [InlineData("a: &a [*a, *a]", "spec:1:")]
    [InlineData("%", "spec:1:")]
    [InlineData("", "spec:1:1:")]
    public async Task Spec_ThatCannotBeRun_IsRefusedWithThePlace(string spec, string sentence)
    {
        foreach (var path in (string[])["plans", "sweeps"])
        {
            var answer = await SendAsync(path, Encoding.UTF8.GetBytes(spec), "application/yaml");

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, spec);
            (await answer.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("detail")
                .GetString()
                .ShouldNotBeNull()
                .ShouldContain(sentence);
        }
    }

    [Fact]
    public async Task Spec_ThatIsNoText_TooLargeOrOfAnotherKind_IsRefused()
    {
        (await SendAsync("sweeps", [0xff, 0xfe, 0x00], "application/yaml")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync("sweeps", new byte[(64 << 10) + 1], "application/yaml")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var type in (string[])["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"])
            (await SendAsync("sweeps", "a"u8.ToArray(), type)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType, type);
    }

    [Fact]
    public async Task Spec_ThatIsRefused_IsLoggedAsRefused()
    {
        (await SendAsync("sweeps", "nonsense"u8.ToArray(), "application/yaml")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        server.Log.All.ShouldContain(line => line.Contains("the-Operator at 127.0.0.1: POST /api/v1/sweeps: 400"));
        server.Log.All.ShouldNotContain(line => line.Contains("POST /api/v1/sweeps: 200"));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] spec, string type)
    {
        using var client = server.Client(server.Secrets[AccessRole.Operator]);
        using var content = new ByteArrayContent(spec);
        content.Headers.ContentType = new(type);
        return await client.PostAsync($"/api/v1/{path}", content);
    }
}
