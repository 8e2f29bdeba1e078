/**
 * Reads the text that Barème writes to the reasons field: "+25 Decides; -5 Free mail; a remark (2 more)".
 * A reason without points is a remark. Both signs of minus are known: "-" and "−".
 *
 * @param {string|null|undefined} text
 * @returns {{for: Reason[], against: Reason[], remarks: Reason[]}} in the order of the text, which is strongest first
 */
export function readReasons(text) {
    const found = { for: [], against: [], remarks: [] };
    (text || '').split('; ').forEach((part, index) => {
        const said = part.trim();
        if (!said) {
            return;
        }
        const [, sign, points, words] = /^([+\-−])(\d+(?:[.,]\d+)?)\s+(.*)$/s.exec(said) || [];
        if (!sign) {
            found.remarks.push({ key: `reason-${index}`, text: said });
        } else if (sign === '+') {
            found.for.push({ key: `reason-${index}`, points: `+${points}`, text: words });
        } else {
            found.against.push({ key: `reason-${index}`, points: `−${points}`, text: words });
        }
    });
    return found;
}
