// A client whose user is asked: calls a tool and answers what the server asks, in the way of the era.

import { eras, Server } from './server.mjs';

export const forms = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
export const accept = (content) => ({ action: 'accept', content });

// The result of the call, with the questions in the order in which they came: `answers` are by the name of a question's
// first field, or by its key.
export async function callAndAnswer(sandbox, era, tool, args, answers, options = {}) {
  const questions = [];
  const answer = ({ method, params }) => {
    if (method === 'roots/list') return { roots: [] };
    const [field] = Object.keys(params.requestedSchema.properties);
    questions.push({ field, ...params });
    return answers[field] ?? { action: 'cancel' };
  };
  const server = await Server.start(sandbox, { era, capabilities: { elicitation: {} }, answer, ...options });
  try {
    let result = await server.call(tool, args, era === eras[0] ? forms : undefined);
    while (result.resultType === 'input_required') {
      const inputResponses = Object.fromEntries(Object.entries(result.inputRequests).map(([key, request]) => [key, answer(request)]));
      result = await server.request('tools/call', { name: tool, arguments: args, inputResponses, requestState: result.requestState }, forms);
    }
    return { result, questions };
  } finally {
    await server.close();
  }
}
