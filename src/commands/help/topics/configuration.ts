/** `help configuration`. */

/** The order in which sources of a value are searched. */
export const CONFIGURATION = `Where settings come from. The first that is set wins:

  1. the flag                  --owner acme
  2. the environment variable  SCARF_OWNER=acme
  3. the saved setting         scarf-cli config set scarf owner acme
  4. the default

"scarf-cli config list --show-origin" says of every value which of them it is.

Save what you would otherwise repeat:

  $ scarf-cli config set scarf owner acme
  $ scarf-cli login
  $ scarf-cli whoami

Profiles keep several accounts side by side. --profile NAME goes before SCARF_CLI_PROFILE, that before config use:

  $ scarf-cli login --profile staging --owner acme-staging
  $ scarf-cli import events.ndjson --profile staging
  $ scarf-cli config use staging

Secrets have no flag, since other users of a machine can read command lines. They come from a file (--token-file), an
environment variable, a command (--token-command 'pass show scarf'), or from what login saved: in the keychain of the
system, when @napi-rs/keyring is installed beside scarf-cli, else in a file that only you can read ("scarf-cli config path").

"scarf-cli help environment" lists all variables, "scarf-cli COMMAND --help-all" all flags of a command.
`;
