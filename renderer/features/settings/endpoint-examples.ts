/** Short examples of how another program talks to the endpoint. */

export interface Example {
  readonly title: string;
  readonly code: string;
}

/** The token stands as `$TOKEN`: it never reaches the page. */
export function endpointExamples(url: string): readonly Example[] {
  return [
    {
      title: 'curl',
      code: [
        `curl ${url}/chat/completions \\`,
        '  -H "Authorization: Bearer $TOKEN" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model":"lull-default","messages":[{"role":"user","content":"Hello"}]}'`,
      ].join('\n'),
    },
    {
      title: 'openai client (JavaScript)',
      code: [
        "import OpenAI from 'openai';",
        '',
        `const client = new OpenAI({ baseURL: '${url}', apiKey: process.env.TOKEN });`,
        'const answer = await client.chat.completions.create({',
        "  model: 'lull-default',",
        "  messages: [{ role: 'user', content: 'Hello' }],",
        '});',
        'console.log(answer.choices[0].message.content);',
      ].join('\n'),
    },
  ];
}
