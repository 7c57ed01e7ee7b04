// What Go's encoding/json makes of texts, each behind its length: a letter each.
//
// a: accepted; r: refused by Go too; else why our gate refuses what Go takes.
// This list, and the one in json_judge.py, is all that may differ:
//
//	t  neither an object nor an array at the top
//	d  more than 32 brackets open at once
//	v  more than 8,192 values
//	z  a NUL in a string or a name
//	s  half a surrogate pair (Go puts U+FFFD)
//	n  a number beyond a double
//	u  broken UTF-8 (Go puts U+FFFD)
//	m  a member twice (Go takes the last)
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	depthMax  = 32
	valuesMax = 8192
)

// open is a bracket: an object with the names that it had so far, or an array.
type open struct {
	names  map[string]bool // nil: an array
	isName bool            // a name is due
}

type walk struct {
	values int
	stack  []*open
	why    byte
}

func (w *walk) blame(why byte) {
	if w.why == 0 {
		w.why = why
	}
}

func (w *walk) text(text string) {
	if strings.ContainsRune(text, 0) {
		w.blame('z')
	}
}

// value says whether the token is a name instead.
func (w *walk) value(name string, isText bool) {
	if len(w.stack) > 0 {
		top := w.stack[len(w.stack)-1]
		if top.names != nil && top.isName && isText {
			if top.names[name] {
				w.blame('m')
			}
			top.names[name] = true
			top.isName = false
			return
		}
		top.isName = top.names != nil
	}
	w.values++
	if w.values > valuesMax {
		w.blame('v')
	}
}

func (w *walk) token(token json.Token) {
	switch t := token.(type) {
	case json.Delim:
		if t == ']' || t == '}' {
			w.stack = w.stack[:len(w.stack)-1]
			return
		}
		w.value("", false)
		next := &open{}
		if t == '{' {
			next = &open{names: map[string]bool{}, isName: true}
		}
		w.stack = append(w.stack, next)
		if len(w.stack) > depthMax {
			w.blame('d')
		}
	case string:
		w.text(t)
		w.value(t, true)
	case json.Number:
		if _, err := strconv.ParseFloat(string(t), 64); err != nil {
			w.blame('n')
		}
		w.value("", false)
	default:
		w.value("", false)
	}
}

// hasHalf says whether a text that is JSON has half a surrogate pair.
func hasHalf(text []byte) bool {
	high := -1 // where the low half is due
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			if high == i {
				return true
			}
			continue
		}
		isHigh, isLow := false, false
		if text[i+1] == 'u' && i+6 <= len(text) {
			code, _ := strconv.ParseUint(string(text[i+2:i+6]), 16, 32)
			isHigh = code >= 0xd800 && code < 0xdc00
			isLow = code >= 0xdc00 && code < 0xe000
		}
		if isLow != (high == i) {
			return true
		}
		high = -1
		if isHigh {
			high = i + 6
		}
		if text[i+1] == 'u' {
			i += 5
		} else {
			i++
		}
	}
	return false
}

func judge(text []byte) byte {
	// depth above 10,000 is refused by Go itself
	if !json.Valid(text) {
		return 'r'
	}
	first := bytes.TrimLeft(text, " \t\r\n")[0]
	if first != '{' && first != '[' {
		return 't'
	}
	if !utf8.Valid(text) {
		return 'u'
	}
	if hasHalf(text) {
		return 's'
	}
	var w walk
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		w.token(token)
	}
	if w.why != 0 {
		return w.why
	}
	return 'a'
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(in, text); err != nil {
			os.Exit(2)
		}
		out.WriteByte(judge(text))
	}
}
