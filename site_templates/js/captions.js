/**
 * Words of captions: which captions hold some, which words say what a group of captions is about.
 */

/** Words in a name at most, and words in each of its parts. */
const PARTS_OF_NAME = 2;
const LONGEST_NGRAM = 2;

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** What the reader typed, word after word. */
export function wordsIn(text) {
  return text.toLowerCase().split(/\s+/u).filter(Boolean);
}

/**
 * Which captions hold words somewhere in them, inside of longer words too: "dog" finds the hotdog.
 *
 * @param {string[]} captions
 * @param {string} words separated by spaces
 * @param {"any" | "all"} match
 * @returns {number[]} indices of the captions; all of them where there are no words
 */
export function captionsWith(captions, words, match) {
  const wanted = wordsIn(words);
  const fits = match === "any" ? "some" : "every";
  return [...captions.keys()].filter((index) => {
    const caption = captions[index].toLowerCase();
    return wanted.length === 0 || wanted[fits]((word) => caption.includes(word));
  });
}

/**
 * A name for each cluster: the n-grams that most of its captions contain.
 *
 * Of equally frequent n-grams those that are rarer elsewhere come first, then the longer.
 *
 * @param {string[]} captions
 * @param {Int32Array} labels cluster of each caption
 * @param {Set<string>} stopWords in no n-gram
 * @param {Set<string>} [shared] words that alone say nothing, as all captions were chosen by them
 * @returns {string[]}
 */
export function nameClusters(captions, labels, stopWords, shared = new Set()) {
  const ngrams = captions.map((caption) =>
    [...ngramsOf(caption, stopWords)].filter((ngram) => !shared.has(ngram)),
  );
  const everywhere = countsOf(ngrams);
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return Array.from({ length: count }, (_, cluster) =>
    nameOf(
      ngrams.filter((_, index) => labels[index] === cluster),
      everywhere,
    ),
  );
}

function nameOf(members, everywhere) {
  const counts = countsOf(members);
  const ranked = [...counts.keys()].sort(
    (one, other) =>
      counts.get(other) - counts.get(one) ||
      everywhere.get(one) - everywhere.get(other) ||
      wordsOf(other).length - wordsOf(one).length ||
      compareWords(wordsOf(one), wordsOf(other)),
  );
  const chosen = [];
  for (const ngram of ranked) {
    const words = new Set(wordsOf(ngram));
    if (chosen.every((other) => wordsOf(other).every((word) => !words.has(word)))) {
      chosen.push(ngram);
    }
    if (chosen.length === PARTS_OF_NAME) break;
  }
  return chosen.join(", ") || "no words";
}

/**
 * Words that are in more captions of a group than in others, those with the largest difference first.
 *
 * @param {string[]} captions
 * @param {Set<number>} group indices of captions
 * @param {Set<string>} stopWords
 * @param {number} most words
 * @returns {{word: string, within: number, beyond: number}[]} captions of the group and others with it
 */
export function typicalWords(captions, group, stopWords, most) {
  const words = captions.map((caption) => ngramsOf(caption, stopWords, 1));
  const within = countsOf(words.filter((_, index) => group.has(index)));
  const beyond = countsOf(words.filter((_, index) => !group.has(index)));
  const rest = Math.max(captions.length - group.size, 1);
  const found = [...within].map(([word, count]) => {
    const others = beyond.get(word) ?? 0;
    return { word, within: count, beyond: others, lead: count / group.size - others / rest };
  });
  return found
    .filter(({ lead }) => lead > 0)
    .sort((one, other) => other.lead - one.lead || compareWords([one.word], [other.word]))
    .slice(0, most)
    .map(({ word, within: inside, beyond: outside }) => ({
      word,
      within: inside,
      beyond: outside,
    }));
}

/**
 * Words of a caption without stop words, and pairs of such that stand side by side in it.
 *
 * @returns {Set<string>} the words of an n-gram are separated by spaces
 */
function ngramsOf(caption, stopWords, longest = LONGEST_NGRAM) {
  const words = caption.toLowerCase().match(WORD) ?? [];
  const found = new Set();
  for (let length = 1; length <= longest; length++) {
    for (let start = 0; start + length <= words.length; start++) {
      const window = words.slice(start, start + length);
      if (!window.some((word) => stopWords.has(word))) found.add(window.join(" "));
    }
  }
  return found;
}

function wordsOf(ngram) {
  return ngram.split(" ");
}

function countsOf(sets) {
  const counts = new Map();
  for (const set of sets) {
    for (const entry of set) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  return counts;
}

/** Word after word, as Python compares tuples of them. */
function compareWords(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  }
  return one.length - other.length;
}
