/** What Node.js ends with where nothing is left to wait for and the program has not ended. */
const unsettled = 13;

/** Starts the program that `load` loads: where too few files may be open, not even its own can be, and that is said. */
async function start(load) {
  process.exitCode = unsettled;
  const { main } = await load().catch((error) => {
    if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
    process.stderr.write(
      `error: cannot load scarf-cli: ${error.message}\nhint: scarf-cli needs 64 open files (ulimit -n)\n`,
    );
    process.exit(6);
  });
  await main();
  if (process.exitCode === unsettled) process.exitCode = undefined;
}

module.exports = { start };
