// A stand-in, on loopback, for the model of an assistant: each request that offers tools gets the next turn of a script,
// as a stream of server-sent events. `responses` speaks OpenAI's Responses API, `gemini` Google's.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const usage = { input_tokens: 1, input_tokens_details: { cached_tokens: 0 }, output_tokens: 1, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 2 };

// A turn is {call: name, namespace, arguments} or {say}.
function responsesEvents(number, turn) {
  const item = turn.call !== undefined
    ? { type: 'function_call', id: `fc_${number}`, call_id: `call_${number}`, name: turn.call, namespace: turn.namespace, arguments: JSON.stringify(turn.arguments), status: 'completed' }
    : { type: 'message', id: `msg_${number}`, role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: turn.say, annotations: [] }] };
  const id = `resp_${number}`;
  return [{ type: 'response.created', response: { id, status: 'in_progress' } }, { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.output_item.done', output_index: 0, item }, { type: 'response.completed', response: { id, status: 'completed', output: [item], usage } }];
}

function geminiEvents(number, turn) {
  const part = turn.call !== undefined ? { functionCall: { name: turn.call, args: turn.arguments } } : { text: turn.say };
  return [{ candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 } }];
}

const protocols = { responses: [/\/responses$/, responsesEvents], gemini: [/:streamGenerateContent$/, geminiEvents] };

export class Model {
  requests = []; // the bodies of those that offer tools

  static async start(protocol, turns) {
    const model = new Model();
    const [path, events] = protocols[protocol];
    model.server = createServer(async (request, response) => {
      const body = await text(request);
      if (request.method !== 'POST' || !path.test(new URL(request.url, 'http://localhost').pathname)) {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":404,"message":"not here"}}');
        return;
      }
      const sent = JSON.parse(body);
      let turn = { say: 'ok' };
      if ((sent.tools ?? []).length > 0) turn = turns[Math.min(model.requests.push(sent), turns.length) - 1];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events(model.requests.length, turn).map((event) => `${event.type ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`).join(''));
    });
    model.server.listen(0, '127.0.0.1');
    await once(model.server, 'listening');
    model.url = `http://127.0.0.1:${model.server.address().port}`;
    return model;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
