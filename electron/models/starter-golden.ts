/** What is known of the test model in advance: its file, and one question with the exact tokens it answers. */

/** The GGUF file that the recipe makes; another size or checksum means that something went wrong. */
export const STARTER_FILE = {
  name: 'MiniMind2 Small (test model)',
  sha256: '352cb6dab2714d4a5e09b29c45ed740d156a07d6a0f041ed55c3071631f523be',
  sizeBytes: 27_702_592,
} as const;

/**
 * Asked greedily, with the model's own chat template and no system turn, every backend must answer exactly this
 * and then end the turn. Chosen because no second-best token comes near at any step (at least 0.79 in
 * log-probability), so that rounding differences between backends cannot change the answer.
 */
export const STARTER_GOLDEN = {
  turns: [{ role: 'user', text: 'What is the capital of France?' }],
  /** Without the token that ends the turn. */
  tokenIds: [1148, 3167, 2777, 303, 6091, 697, 370, 614, 5882, 16],
  text: 'The capital of France is Paris.',
} as const;
