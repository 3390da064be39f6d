"use strict";
const server = require("http").createServer((request, response) => response.end("hello from node\n"));
server.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
