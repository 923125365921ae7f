/** `help resume`. */

/** The guarantees of docs/resume.md in short. */
export const RESUME = `Run the same command again. It goes on where the last run stopped:

  partly delivered   the rest is sent; open imports are followed, not sent again
  delivered          nothing is sent; counts and exit code are those of the first run
  grown              only the new rows are sent
  renamed, gzipped   the same input: files are known by their bytes

What was read from a pipe is kept on disk until it is delivered:  scarf-cli runs resume ID

  $ scarf-cli runs list        # what is kept
  $ scarf-cli runs show ID     # counts, inputs and imports of a run
  $ scarf-cli runs forget ID   # give up what a run has not delivered

--again sends a delivered input once more with the same ids, --salt TEXT as another delivery.
Rows whose fate nobody knows are counted as unknown (exit 8); --on-unknown resend sends them again.
`;
