package modelfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/bareme/bareme/scoring"
)

// ErrProposal says that a proposal cannot be applied; what wraps it says why and what to do.
var ErrProposal = errors.New("the proposal cannot be applied")

// Proposal is a score that a model file may take over. As text it is YAML that an admin reads and edits: the score stands
// in it as it will stand in the model file.
type Proposal struct {
	Score string    // its name
	Made  time.Time // to the second
	Model string    // Fingerprint of the file it was made for
	Body  string    // the score as YAML, without indentation
}

// Fingerprint stands for the text of a model file, comments and all.
func Fingerprint(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:8])
}

// Text is the proposal as a file; about is told in comments, line by line.
func (p Proposal) Text(about []string) string {
	var b strings.Builder
	for _, line := range about {
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	fmt.Fprintf(&b, "proposal:\n  score: %s\n  made: %q\n  model: %q\nscores:\n", p.Score, p.Made.UTC().Format(time.RFC3339), p.Model)
	b.WriteString(indented(p.Body, "  "))
	return b.String()
}

func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	return b.String()
}

// ParseProposal reads what Text wrote, edits included.
func ParseProposal(data []byte) (Proposal, error) {
	var head struct {
		Proposal struct{ Score, Made, Model string }
		Scores   map[string]any
	}
	if len(data) > maxBytes {
		return Proposal{}, fmt.Errorf("%w: the file is larger than 1 MB", ErrProposal)
	}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return Proposal{}, fmt.Errorf("%w: it is not YAML as bareme fit --out writes it: %s", ErrProposal, strings.SplitN(yaml.FormatError(err, false, false), "\n", 2)[0])
	}
	p := Proposal{Score: head.Proposal.Score, Model: head.Proposal.Model}
	made, err := time.Parse(time.RFC3339, head.Proposal.Made)
	if _, there := head.Scores[p.Score]; err != nil || p.Score == "" || p.Model == "" || !there || len(head.Scores) != 1 {
		return p, fmt.Errorf("%w: it is no file that bareme fit --out wrote: it needs proposal: {score, made, model}, and that one score under scores", ErrProposal)
	}
	p.Made = made
	_, body, ok := strings.Cut("\n"+string(data), "\nscores:\n")
	if !ok {
		return p, fmt.Errorf("%w: scores: must stand on a line of its own, with the score below it", ErrProposal)
	}
	p.Body, err = outdented(body)
	return p, err
}

// outdented takes the first line's indentation from every line.
func outdented(text string) (string, error) {
	by := ""
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare := strings.TrimLeft(line, " ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if by == "" {
			by = line[:len(line)-len(bare)]
		}
		rest, ok := strings.CutPrefix(line, by)
		if !ok || by == "" {
			return "", fmt.Errorf("%w: the score must be indented below scores:, and stand last in the file", ErrProposal)
		}
		b.WriteString(rest)
	}
	return b.String(), nil
}

// The lines around a score that was applied.
const (
	beginApplied = "# begin "
	endApplied   = "# end "
)

// Apply puts the score of a proposal into the text of a model file: in place of what an earlier one put there, else at the
// end of scores. Everything else stays as it is, comments included. The result still has to be read and checked.
func (p Proposal) Apply(source []byte) ([]byte, error) {
	if Fingerprint(source) != p.Model {
		return nil, fmt.Errorf("%w: the model file has changed since it was made: run bareme fit again", ErrProposal)
	}
	list := strings.SplitAfter(string(source), "\n")
	from, to, indent, err := p.place(list)
	if err != nil {
		return nil, err
	}
	block := indent + beginApplied + p.Score + ", learnt on " + p.Made.UTC().Format(time.DateOnly) + ": bareme apply replaces all down to the end\n" +
		indented(p.Body, indent) + indent + endApplied + p.Score + "\n"
	before := strings.Join(list[:from], "")
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	return []byte(before + block + strings.Join(list[to:], "")), nil
}

// place finds the lines to replace, and how far they are indented.
func (p Proposal) place(list []string) (from, to int, indent string, err error) {
	start := -1
	for i, line := range list {
		if strings.HasPrefix(line, "scores:") {
			start = i
		}
	}
	if start < 0 || withoutComment(list[start]) != "scores:" {
		return 0, 0, "", fmt.Errorf("%w: the model file's scores: does not stand on a line of its own, with the scores below it", ErrProposal)
	}
	end := start + 1
	last := end // behind the last line that belongs to scores
	from, to = -1, -1
	for ; end < len(list); end++ {
		line := list[end]
		text := strings.TrimSpace(line)
		inside := strings.HasPrefix(line, " ")
		if text != "" && !inside && !strings.HasPrefix(text, "#") {
			break
		}
		if !inside || text == "" {
			continue
		}
		last = end + 1
		switch depth := line[:len(line)-len(strings.TrimLeft(line, " "))]; {
		case strings.HasPrefix(text, beginApplied+p.Score+","):
			from, indent = end, depth
		case text == endApplied+p.Score && from >= 0:
			to = end + 1
		case indent == "" && !strings.HasPrefix(text, "#"):
			indent = depth
		}
		if name, _, ok := strings.Cut(text, ":"); ok && name == p.Score && line == indent+strings.TrimLeft(line, " ") && from < 0 {
			return 0, 0, "", fmt.Errorf("%w: the model file has a score %s of its own: set learn.score to another name, or remove it", ErrProposal, p.Score)
		}
	}
	switch {
	case from >= 0 && to < 0:
		return 0, 0, "", fmt.Errorf("%w: the line %q is missing from the model file", ErrProposal, endApplied+p.Score)
	case from >= 0:
		return from, to, indent, nil
	}
	return last, last, indent, nil
}

func withoutComment(line string) string {
	text, _, _ := strings.Cut(line, " #")
	return strings.TrimSpace(text)
}

// ScoreText is a score of conditions as YAML: what a proposal is made of.
func ScoreText(s scoring.ScoreSpec) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n  min: %s\n  max: %s\n", s.Name, plainNumber(s.Min), plainNumber(s.Max))
	if p := s.Probability; p != nil {
		b.WriteString("  probability: " + ProbabilityText(*p) + "\n")
	}
	b.WriteString("  groups:\n")
	for _, g := range s.Groups {
		fmt.Fprintf(&b, "    %s:\n      criteria:\n", quotedText(g.Name))
		for _, c := range g.Criteria {
			unknown := ""
			if c.Unknown != nil {
				unknown = ", unknown: " + plainNumber(*c.Unknown)
			}
			fmt.Fprintf(&b, "        - {name: %s, when: %s, points: %s%s}\n", quotedText(c.Name), inSingleQuotes(c.When), plainNumber(c.Points), unknown)
		}
	}
	return b.String()
}

// ProbabilityText is what makes a probability, as YAML.
func ProbabilityText(p scoring.ProbabilitySpec) string {
	return "{intercept: " + lineText(p.Intercept) + ", slope: " + lineText(p.Slope) + "}"
}

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// lineText keeps six significant digits: more would move no probability by a hundredth of a percent.
func lineText(x float64) string {
	text := strconv.FormatFloat(x, 'g', 6, 64)
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return plainNumber(v)
	}
	return text
}

func quotedText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.Quote(s) // cannot happen: a text can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func inSingleQuotes(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
