/** `help ids`. */

/** Why ids matter, and where they come from. */
export const IDS = `Rows with an id can be sent again without being stored twice, so a lost reply costs nothing.
Rows without one are never sent twice: when a reply is lost they are counted as unknown (exit 8).

An id of your own is kept whatever its type. For rows without one, --fill-id says:

  position  from the place of the row in its input (the default). Equal rows stay two events.
            The same file gives the same ids again, renamed, compressed or grown.
  content   from the row itself. Equal rows become one event; files may be cut and joined at will.
  off       no ids. Use it when the vendor must not see ids of ours.

The id also depends on where rows go and how they are reshaped: with other options the same rows
are other events. --salt TEXT makes another delivery of the same rows on purpose.

If a column of yours tells rows apart, use it:  --map 'uuid=$unique_id'
`;
