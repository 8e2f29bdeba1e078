/**
 * Reads the text that Barème writes to the history field: "2026-11-02 41; 2026-11-09 58", oldest first.
 *
 * @param {string|null|undefined} text
 * @returns {{day: string, score: number}[]} what could be read of it
 */
export function readHistory(text) {
    return (text || '')
        .split(';')
        .map((part) => /^\s*(\d{4}-\d{2}-\d{2})\s+(-?\d+(?:\.\d+)?)\s*$/.exec(part))
        .filter(Boolean)
        .map(([, day, score]) => ({ day, score: Number(score) }));
}

/**
 * Places a history on a plane of the given size, days to the right and scores upwards, as the points of an SVG polyline.
 * The lowest and the highest score touch the edges; a score that never moved lies in the middle.
 *
 * @param {{day: string, score: number}[]} history
 * @param {number} width
 * @param {number} height
 * @returns {string} "" for fewer than two scores: a point is no line
 */
export function polyline(history, width, height) {
    if (history.length < 2) {
        return '';
    }
    const days = history.map((h) => Date.parse(h.day));
    const scores = history.map((h) => h.score);
    const [start, end] = [Math.min(...days), Math.max(...days)];
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    const place = (value, from, to, size) => (to === from ? size / 2 : ((value - from) / (to - from)) * size);
    return history
        .map((h, i) => {
            const x = start === end ? (i / (history.length - 1)) * width : place(days[i], start, end, width);
            const y = height - place(h.score, low, high, height);
            return `${round(x)},${round(y)}`;
        })
        .join(' ');
}

function round(n) {
    return Math.round(n * 10) / 10;
}
