/** How often fast-check tries a property. */

/** This many times in the suite; `PROPERTY_RUNS=10` makes it ten times as many. Seeds differ from run to run. */
export function propertyRuns(inSuite: number): { numRuns: number } {
  return { numRuns: Math.ceil(inSuite * Number(process.env['PROPERTY_RUNS'] ?? 1)) };
}
