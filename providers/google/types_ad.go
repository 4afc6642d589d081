package google

import "github.com/admux/admux/providers/internal/wire"

// ad is the content of an ad: one of the members about its kind is set.
type ad struct {
	ID             wire.ID  `json:"id"`
	Name           string   `json:"name"` // of some kinds only
	Type           string   `json:"type"`
	FinalURLs      []string `json:"finalUrls"`
	FinalURLSuffix string   `json:"finalUrlSuffix"`
	DisplayURL     string   `json:"displayUrl"`

	Text *struct {
		Headline     string `json:"headline"`
		Description1 string `json:"description1"`
		Description2 string `json:"description2"`
	} `json:"textAd"`
	ExpandedText *struct {
		Headline1    string `json:"headlinePart1"`
		Headline2    string `json:"headlinePart2"`
		Headline3    string `json:"headlinePart3"`
		Description  string `json:"description"`
		Description2 string `json:"description2"`
		Path1        string `json:"path1"`
		Path2        string `json:"path2"`
	} `json:"expandedTextAd"`
	ExpandedDynamicSearch *struct {
		Description  string `json:"description"`
		Description2 string `json:"description2"`
	} `json:"expandedDynamicSearchAd"`
	Image *struct {
		Width      whole     `json:"pixelWidth"`
		Height     whole     `json:"pixelHeight"`
		ImageURL   string    `json:"imageUrl"`
		ImageAsset *assetRef `json:"imageAsset"`
	} `json:"imageAd"`
	Video                   *videoAd  `json:"videoAd"`
	VideoResponsive         *mixed    `json:"videoResponsiveAd"`
	ResponsiveSearch        *mixed    `json:"responsiveSearchAd"`
	ResponsiveDisplay       *mixed    `json:"responsiveDisplayAd"`
	LegacyResponsiveDisplay *legacyAd `json:"legacyResponsiveDisplayAd"`
	App                     *mixed    `json:"appAd"`
	AppEngagement           *mixed    `json:"appEngagementAd"`
	AppPreRegistration      *mixed    `json:"appPreRegistrationAd"`
	Local                   *mixed    `json:"localAd"`
	SmartCampaign           *mixed    `json:"smartCampaignAd"`
	DemandGenMultiAsset     *mixed    `json:"demandGenMultiAssetAd"`
	DemandGenCarousel       *mixed    `json:"demandGenCarouselAd"`
	DemandGenVideo          *mixed    `json:"demandGenVideoResponsiveAd"`
	DemandGenProduct        *mixed    `json:"demandGenProductAd"`
}

// mixed is an ad of several texts and media that Google combines. Kinds have the members that they have.
type mixed struct {
	Headlines     []textAsset `json:"headlines"`
	LongHeadlines []textAsset `json:"longHeadlines"`
	Descriptions  []textAsset `json:"descriptions"`
	Headline      *textAsset  `json:"headline"`
	LongHeadline  *textAsset  `json:"longHeadline"`
	Description   *textAsset  `json:"description"`
	CallToAction  string      `json:"callToActionText"`
	Path1         string      `json:"path1"`
	Path2         string      `json:"path2"`

	MarketingImages       []assetRef `json:"marketingImages"`
	SquareImages          []assetRef `json:"squareMarketingImages"`
	PortraitImages        []assetRef `json:"portraitMarketingImages"`
	TallPortraitImages    []assetRef `json:"tallPortraitMarketingImages"`
	LogoImages            []assetRef `json:"logoImages"`
	SquareLogoImages      []assetRef `json:"squareLogoImages"`
	ClassicDisplayImages  []assetRef `json:"classicDisplayImages"`
	Images                []assetRef `json:"images"`
	CompanionBannerImages []assetRef `json:"companionBanners"`
	LogoImage             *assetRef  `json:"logoImage"`
	Videos                []assetRef `json:"videos"`
	YoutubeVideos         []assetRef `json:"youtubeVideos"`
}

// images are the pictures of an ad, in the order of their prominence; videos and their covers are not among them.
func (m *mixed) images() []string {
	var out []string
	for _, list := range [][]assetRef{
		m.MarketingImages, m.SquareImages, m.PortraitImages, m.TallPortraitImages, m.Images, m.ClassicDisplayImages,
		m.CompanionBannerImages, m.LogoImages, m.SquareLogoImages,
	} {
		for _, r := range list {
			out = append(out, r.Asset)
		}
	}
	if m.LogoImage != nil {
		out = append(out, m.LogoImage.Asset)
	}
	return out
}

type textAsset struct {
	Text string `json:"text"`
}

// assetRef names an asset of the library by its resource name.
type assetRef struct {
	Asset string `json:"asset"`
}

type videoAd struct {
	InStream *struct {
		ActionButtonLabel string `json:"actionButtonLabel"`
		ActionHeadline    string `json:"actionHeadline"`
	} `json:"inStream"`
	InFeed *struct {
		Headline     string `json:"headline"`
		Description1 string `json:"description1"`
		Description2 string `json:"description2"`
	} `json:"inFeed"`
}

type legacyAd struct {
	ShortHeadline string `json:"shortHeadline"`
	LongHeadline  string `json:"longHeadline"`
	Description   string `json:"description"`
	CallToAction  string `json:"callToActionText"`
}
