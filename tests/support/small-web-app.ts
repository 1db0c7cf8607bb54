/**
 * A small web app as people run them: pages, a form, cookies, a WebSocket, uploads and downloads of any
 * length. It runs in a session of its own, so it is one file; see `web-app-catalogue.ts`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { WebSocketServer } from "ws";
import { APP_COLOUR } from "./small-web-app-colour";

const PAGE = `<!doctype html><html lang="en"><title>Small app</title>
<style>body{margin:0;height:100vh;background:rgb(${APP_COLOUR.join(",")});font:20px sans-serif;color:#fff}</style>
<h1>Small app</h1><p id="socket"></p>
<form method="post" action="/notes"><input name="note" aria-label="Note"><button>Keep</button></form>
<script>
  const socket = new WebSocket(location.origin.replace("http", "ws") + "/echo", ["talk"]);
  socket.onopen = () => socket.send("hello");
  socket.onmessage = ({ data }) => (document.getElementById("socket").textContent = "heard " + data);
</script>`;

const MEBIBYTE = 1024 * 1024;

createServer((request, response) => {
  void answer(request, response);
})
  .on("upgrade", (request, socket, head) => {
    new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (data: Buffer, isBinary) =>
        webSocket.send(data, { binary: isBinary }),
      );
    });
  })
  .listen(Number(process.env["PORT"]), "127.0.0.1");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.url) {
    case "/notes":
      response.setHeader("set-cookie", "note=1; Path=/; Domain=localhost; SameSite=Strict");
      page(response, `<h1>You wrote ${await textOf(request)}</h1>`);
      return;
    case "/headers":
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.headers));
      return;
    case "/count": {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      response.end(String(bytes));
      return;
    }
    case "/much":
      for (let sent = 0; sent < 64; sent += 1) {
        if (!response.write(Buffer.alloc(MEBIBYTE)))
          await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
      return;
    case "/end":
      process.exit(0);
      break;
    default:
      response.setHeader("x-frame-options", "DENY");
      response.setHeader("content-security-policy", "frame-ancestors 'none'; object-src 'none'");
      response.setHeader("clear-site-data", '"cookies"');
      page(response, PAGE);
  }
}

function page(response: ServerResponse, html: string): void {
  response.setHeader("content-type", "text/html");
  response.end(html);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text).get("note") ?? "";
}
