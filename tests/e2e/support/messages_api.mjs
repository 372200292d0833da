// Stands in for the Messages API of a model, on loopback: answers each request of the client's main loop with the next
// turn of a script, as a stream of server-sent events, and keeps what the client sent.

import { once } from 'node:events';
import { createServer } from 'node:http';

export class MessagesApi {
  requests = []; // bodies of the main loop, in order

  // turns: a content block each: {type: 'text', text} or {type: 'tool_use', name, input}; or a function that makes it of
  // what the client sent.
  static async start(turns) {
    const api = new MessagesApi();
    api.server = createServer((request, response) => api.#answer(request, response, turns));
    api.server.listen(0, '127.0.0.1');
    await once(api.server, 'listening');
    api.url = `http://127.0.0.1:${api.server.address().port}`;
    return api;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request, response, turns) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const path = new URL(request.url, 'http://localhost').pathname;
    if (request.method !== 'POST') {
      response.writeHead(200).end();
    } else if (path === '/v1/messages/count_tokens') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":1}');
    } else if (path === '/v1/messages') {
      const body = JSON.parse(text);
      let block = { type: 'text', text: 'ok' };
      if ((body.tools ?? []).length > 0) {
        this.requests.push(body);
        const turn = body.messages.filter(({ role }) => role === 'assistant').length;
        block = turns[Math.min(turn, turns.length - 1)];
        if (typeof block === 'function') block = block(body);
      }
      this.#reply(response, body, block);
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"type":"error","error":{"type":"not_found_error","message":"no"}}');
    }
  }

  #reply(response, body, block) {
    const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const isTool = block.type === 'tool_use';
    const content = isTool ? { ...block, id: `toolu_${this.requests.length}`, input: block.input } : block;
    const message = { id: `msg_${this.requests.length}`, type: 'message', role: 'assistant', model: body.model, content: [],
      stop_reason: null, stop_sequence: null, usage };
    const stopReason = isTool ? 'tool_use' : 'end_turn';
    if (body.stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...message, content: [content], stop_reason: stopReason }));
      return;
    }
    const delta = isTool ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) } : { type: 'text_delta', text: block.text };
    const events = [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: isTool ? { ...content, input: {} } : { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage },
      { type: 'message_stop' },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
  }
}
