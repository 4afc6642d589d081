package sim

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"path"
	"time"
)

// processing is how long a new video is encoded.
const processing = 30 * time.Second

// chunkSize is how much of a video one transfer takes.
const chunkSize = 1 << 20

// videoUpload is a chunked upload under way.
type videoUpload struct {
	account *account
	video   string
	size    int64
	got     int64
}

// uploadImages takes files, base64 bytes or another account's image.
func (s *Sim) uploadImages(c *call, e *entity) (any, *graphError) {
	a := e.account
	out := obj{}
	for name, f := range c.files {
		label := f.name
		if label == "" {
			label = name
		}
		node, err := s.addImage(c, a, label, f.data)
		if err != nil {
			return nil, err
		}
		out[label] = node
	}
	if text := c.params.get("bytes"); text != "" {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, invalidParam("Param bytes must be base64")
		}
		name := c.params.get("name")
		if name == "" {
			name = "untitled"
		}
		node, gerr := s.addImage(c, a, name, data)
		if gerr != nil {
			return nil, gerr
		}
		out["bytes"] = node
	}
	if from, ok, err := c.params.object("copy_from"); err != nil {
		return nil, err
	} else if ok {
		node, err := s.copyImage(c, a, from)
		if err != nil {
			return nil, err
		}
		out[node["name"].(string)] = node
	}
	if len(out) == 0 {
		return nil, invalidParam("An image file, bytes or copy_from is required")
	}
	return obj{"images": out}, nil
}

func (s *Sim) addImage(c *call, a *account, name string, data []byte) (obj, *graphError) {
	if len(data) == 0 {
		return nil, userError(1487411, "Image Empty", "The image has no content.", "bytes")
	}
	sum := md5.Sum(data) // an identity, as Meta's hash is; nothing is kept secret by it
	width, height := 1200, 628
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		width, height = cfg.Width, cfg.Height
	}
	return s.storeImage(c, a, path.Base(name), hex.EncodeToString(sum[:]), width, height), nil
}

func (s *Sim) storeImage(c *call, a *account, name, hash string, width, height int) obj {
	id := a.digits + ":" + hash
	s.mu.Lock()
	if s.nodes[id] == nil {
		n := &entity{kind: "AdImage", id: id, account: a, created: c.now, fresh: true, data: obj{
			"hash": hash, "name": name, "width": int64(width), "height": int64(height), "original_width": int64(width),
			"original_height": int64(height), "permalink_url": "https://www.facebook.com/ads/image/?d=" + hash,
			"is_associated_creatives_in_adgroups": false,
		}}
		n.now.Store(&written{status: "ACTIVE", updated: c.now})
		s.attach(n, &a.images)
	}
	s.mu.Unlock()
	return obj{"hash": hash, "url": signed(id, "url", c.now), "url_128": signed(id, "url_128", c.now), "height": height, "width": width, "name": name}
}

func (s *Sim) copyImage(c *call, a *account, from obj) (obj, *graphError) {
	src, _ := asText(from["source_account_id"])
	hash, _ := from["hash"].(string)
	im := s.node(src + ":" + hash)
	if im == nil || !s.visible(c.token, im.account) {
		return nil, userError(2446386, "Image Not Found", "The image you selected is not available.", "copy_from")
	}
	return s.storeImage(c, a, im.str("name"), hash, int(im.number("width")), int(im.number("height"))), nil
}

// deleteImage removes an image that no creative shows.
func (s *Sim) deleteImage(c *call, e *entity) (any, *graphError) {
	im := s.node(e.account.digits + ":" + c.params.get("hash"))
	if im == nil || im.status() == "DELETED" {
		return nil, userError(2446386, "Image Not Found", "The image you selected is not available.", "hash")
	}
	if s.creativesOf(im) != nil || im.stored("is_associated_creatives_in_adgroups") == true {
		return nil, userError(1487386, "Image In Use", "The image is used by a creative.", "hash")
	}
	return s.change(c, im, obj{"status": "DELETED"})
}

// uploadVideo takes a film at once (source, file_url) or in phases.
func (s *Sim) uploadVideo(c *call, e *entity) (any, *graphError) {
	a := e.account
	switch c.params.get("upload_phase") {
	case "start":
		return s.startUpload(c, a)
	case "transfer":
		return s.transfer(c)
	case "finish":
		return s.finishUpload(c)
	case "cancel":
		return obj{"success": true}, nil
	}
	if _, ok := c.files["source"]; !ok && c.params.get("file_url") == "" {
		return nil, invalidParam("source or file_url is required")
	}
	return obj{"id": s.addVideo(c, a).id}, nil
}

func (s *Sim) addVideo(c *call, a *account) *entity {
	title := c.params.get("title")
	if title == "" {
		title = c.params.get("name")
	}
	n := &entity{kind: "AdVideo", account: a, created: c.now, fresh: true, data: obj{"title": title, "description": c.params.get("description"), "length": 15.0, "published": false}}
	n.now.Store(&written{status: "ready", updated: c.now})
	s.mu.Lock()
	defer s.mu.Unlock()
	n.id = s.allocate("AdVideo")
	return s.attach(n, &a.videos)
}

func (s *Sim) startUpload(c *call, a *account) (any, *graphError) {
	size, ok, err := c.params.integer("file_size")
	if err != nil || !ok || size <= 0 {
		return nil, invalidParam("Param file_size must be a positive integer")
	}
	v := s.addVideo(c, a)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.allocate("upload")
	s.uploads[id] = &videoUpload{account: a, video: v.id, size: size}
	return obj{"upload_session_id": id, "video_id": v.id, "start_offset": "0", "end_offset": itoa(min(size, chunkSize))}, nil
}

func (s *Sim) transfer(c *call) (any, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[c.params.get("upload_session_id")]
	if u == nil {
		return nil, &graphError{Code: 100, Subcode: 1363037, Message: "There was a problem with the upload session."}
	}
	start, _, err := c.params.integer("start_offset")
	if err != nil || start != u.got {
		return nil, &graphError{Code: 6001, Subcode: 1363037, Transient: true, Message: "The start offset does not fit.", Data: obj{"start_offset": u.got, "end_offset": min(u.size, u.got+chunkSize)}}
	}
	f, ok := c.files["video_file_chunk"]
	if !ok {
		return nil, invalidParam("video_file_chunk is required")
	}
	u.got = min(u.size, u.got+int64(len(f.data)))
	return obj{"start_offset": itoa(u.got), "end_offset": itoa(min(u.size, u.got+chunkSize))}, nil
}

func (s *Sim) finishUpload(c *call) (any, *graphError) {
	s.mu.Lock()
	u := s.uploads[c.params.get("upload_session_id")]
	if u == nil || u.got < u.size {
		s.mu.Unlock()
		return nil, &graphError{Code: 100, Subcode: 1363037, Message: "The upload is not complete."}
	}
	delete(s.uploads, c.params.get("upload_session_id"))
	v := s.nodes[u.video]
	s.mu.Unlock()
	set := obj{"processing_since": c.now}
	if t := c.params.get("title"); t != "" {
		set["title"] = t
	}
	return s.change(c, v, set)
}

// videoStatus is how far a new film is.
func (s *Sim) videoStatus(e *entity, now time.Time) any {
	if e.status() == "deleted" {
		return obj{"video_status": "expired"}
	}
	since := e.created
	if t, ok := e.stored("processing_since").(time.Time); ok {
		since = t
	}
	if d := now.Sub(since); e.fresh && d < processing {
		return obj{"video_status": "processing", "processing_progress": int(100 * d / processing)}
	}
	return obj{"video_status": "ready", "processing_progress": 100}
}
