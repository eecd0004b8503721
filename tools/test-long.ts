/** `npm run test:long`: the tests whose full numbers are too long for every day, against a PostgreSQL of their own. */
process.argv.push("--long");
await import("./test-services.ts");
