/** `help configuration`. */

/** Where a value is looked for. */
export const CONFIGURATION = `Where settings come from. The first that is set wins:

  1. the flag                  --owner acme
  2. the environment variable  SCARF_OWNER=acme
  3. the saved setting         scarf-cli config set scarf owner acme
  4. the default

Save what you would otherwise repeat:

  $ scarf-cli config set scarf owner acme
  $ scarf-cli config set scarf token < token.txt
  $ scarf-cli config list

Secrets have no flag, since other users of a machine can read command lines. They come from an environment
variable, a file (--token-file), or a saved setting, which only you can read ("scarf-cli config path" says where it is).

"scarf-cli help environment" lists all variables, "scarf-cli COMMAND --help-all" all flags of a command.
`;
