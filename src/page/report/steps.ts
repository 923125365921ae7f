/** Cells of breakdowns are in order, so that how far apart they are takes a fifth of the room that they take. */
import type { Analysis } from '../../analysis/analysis.ts';

/** The analysis with steps in place of the cells of its breakdowns. */
export function withSteps(analysis: Analysis): Analysis {
  return withCells(analysis, (cells) => cells.map((cell, index) => cell - (cells[index - 1] ?? 0)));
}

/** The analysis that `withSteps` was given. */
export function withoutSteps(analysis: Analysis): Analysis {
  return withCells(analysis, (steps) => {
    let cell = 0;
    return steps.map((step) => (cell += step));
  });
}

function withCells(analysis: Analysis, change: (cells: readonly number[]) => number[]): Analysis {
  const facts = analysis.facts.map((one) => ({
    ...one,
    breakdowns: one.breakdowns.map((breakdown) => ({ ...breakdown, cell: change(breakdown.cell) })),
  }));
  return { ...analysis, facts };
}
