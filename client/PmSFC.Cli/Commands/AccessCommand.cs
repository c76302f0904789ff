using System.CommandLine;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Connections;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>access</c>: who may use the API of a cluster's silos.</summary>
internal sealed class AccessCommand : Command
{
    /// <summary>Makes the command and the one below it.</summary>
    public AccessCommand(CliHost host, GlobalOptions options)
        : base("access", "Let people and programs use the API of a cluster's silos") => Add(new Token(host, options));

    /// <summary><c>access token</c>: a new secret, and its line for the silos' file of tokens.</summary>
    private sealed class Token : CliCommand
    {
        private readonly ValueArgument<string> _name = new("name", ValueKinds.Text)
        {
            Description = $"the name of its user: {AccessToken.NameRule}",
        };

        private readonly ValueOption<string> _role = new("--role", ValueKinds.Choice(AccessToken.Roles))
        {
            Description = "the role: viewer reads, operator also controls sweeps, admin may do everything [default: viewer]",
            HelpName = "role",
        };

        public Token(CliHost host, GlobalOptions options)
            : base(
                "token",
                "Make a secret for somebody, and its line for the silos' file of tokens (their setting access); nothing is stored",
                host,
                options
            )
        {
            Add(_name);
            Add(_role);
        }

        protected override Task<int> RunAsync(Invocation invocation)
        {
            var role = Enum.Parse<AccessRole>(invocation.Value(_role) ?? nameof(AccessRole.Viewer), ignoreCase: true);
            var (token, secret) = AccessToken.Create(invocation.Value(_name), role);
            if (invocation.Json)
            {
                invocation.Lines.Write(
                    new
                    {
                        token.Name,
                        token.Role,
                        Secret = secret,
                        Line = token.ToString(),
                    }
                );
                return Task.FromResult(ExitCode.Done);
            }

            invocation.Say($"The secret of {token.Name}, who sends it as 'Authorization: Bearer SECRET'. It is not stored:");
            invocation.Say(secret);
            invocation.Say("A line for the silos' file of tokens:");
            invocation.Say(token.ToString());
            return Task.FromResult(ExitCode.Done);
        }
    }
}
