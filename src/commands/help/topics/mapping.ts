/** `help mapping`. */

/** The options that reshape rows, in the order in which they apply. */
export const MAPPING = `Rows are reshaped in this order:

  --type 'count:int'           read a column as int, number, bool, json, time or string
  --map 'when=$time'           rename a column; 'Date+Time=$time' joins two
  --set '$version=1.10'        set a field in every row
  --keep 'when,sku'            leave out all other columns
  --drop 'debug'               leave out these columns

Columns are named by their header, by #3 (the third), and inside objects with dots:
  --type properties:json --map 'properties.$ip=$remote_address'

What is not a field of the vendor stays a custom variable of the event.

Names are checked before anything is sent: a column that no row has, and a field that the vendor does not
have, end the command (exit 2) with the nearest name.

Many columns? Put them in a file, as JSON or as a table of columns and fields:  --map-file map.json

  $ scarf-cli check signups.csv --infer                       # proposes the options
  $ scarf-cli check signups.csv --map 'when=$time' --show 3   # shows rows as they would be sent
`;
