# The portal’s texts in Chinese (simplified). One sentence per key; key names say where it appears.

decimal-mark = .
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $year }年{ $month }{ $day }日
time = { $padded-hour }:{ $minute }
date-and-time = { $date } { $time }

# The months as they stand in a date.
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月

minutes = { $count } 分钟
hours = { $count } 小时
hours-and-minutes = { $hours } { $minutes }

skip = 跳到正文
languages = 页面语言
banner-alt = WiFi4EU：为欧洲人提供的免费 Wi-Fi
crest-alt = 市徽：{ $comune }
footer-links = 信息
footer-free = 免费服务，无需注册，没有广告。
eu-funding = 由欧洲联盟共同资助
eu-disclaimer = 本页内容由市政府独自负责；欧洲联盟不对其使用承担责任。
selftest = WiFi4EU 自检进行中
link-terms = 使用条款
link-privacy = 隐私
link-accessibility = 无障碍
link-venue = 地点
link-news = 新闻
link-back = 返回登录页面

login-title = 免费 Wi-Fi
login-lead = 免费上网，无需注册。
login-button = 连接互联网
login-accept = 按下按钮即表示您接受本服务的规则。
login-disclaimer-title = 公共开放网络
login-disclaimer = 无线传输未加密。请使用安全的网站和应用（https），及时更新设备，不要共享文件夹或打印机。
login-expired = 页面打开时间过长。请再次按下按钮。

online-title = 您已联网
online-lead = 现在可以上网，也可以关闭此页面。
online-left = 剩余时间
online-until = 截止时间
online-used = 已用流量
online-plan = 此设备的速度
online-down = 下载
online-up = 上传
online-day = 今日全速流量
online-slow = 今日全速流量已用完：午夜之前此设备速度较慢。
online-exempt = 此设备始终可以上网，无需按任何按钮。
online-return = 如需再次查看此页面或断开连接，请打开
online-disconnect = 断开连接
online-disconnect-hint = 您的设备将离线；您可以随时重新连接。

# While the municipality’s link to the Internet is interrupted.
down-title = 此处目前无法上网
down-lead = Wi-Fi 正常，但与互联网的连接已中断。通常很快就会恢复：请几分钟后再试。
down-online = 您的设备仍获准上网：互联网恢复后，无需任何操作即可使用。
down-action = 重试

disconnected-title = 已断开
disconnected-lead = 您的设备已不再连接互联网。感谢您使用市政 Wi-Fi。
disconnected-action = 重新连接

blocked-title = 不允许访问
blocked-lead = 此设备不允许使用本网络。如有疑问，请联系市政府。

again-title = 请稍后再试
again-lead = 网络目前无法建立连接。通常只需几秒钟。
again-action = 重试

stranger-title = 无法识别设备
stranger-lead = 网络尚未识别您的设备。请关闭并重新打开 Wi-Fi，然后再试。如果您使用 VPN，请暂停片刻。
stranger-action = 重试

slow-title = 尝试次数过多
slow-lead = 您在短时间内多次按下按钮。请等待一分钟后再试。
slow-action = 重试

refused-title = 请求未被接受
refused-lead = 该请求并非来自此页面。请返回登录页面再试。
refused-action = 返回登录页面

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = 此文本仅有意大利语和英语版本。
full-text = 连接后，您可以在以下地址阅读市政府的完整文本：

venue-title = 地点
venue-lead = 本 Wi-Fi 网络由 { $comune } 提供。
venue-place = 地点
venue-comune = 行政机构
venue-portal = 网络页面

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = 紧急通知
notices-more = 还有 { $count } 条通知
notice-red = 危险
notice-orange = 预警
notice-yellow = 注意
notice-green = 好消息
notice-blue = 信息
notice-purple = 重要
notice-until = 截至：{ $when }
notice-source = 来源：{ $source }
notice-link = 更多信息

# News of the municipality.
news-title = 新闻
news-all = 全部新闻
news-none = 目前没有新闻。
news-pinned = 重点
news-more = 在网站上继续阅读
news-more-after = 其余内容请在连接后打开网站阅读：
news-more-offline = 其余内容请在互联网恢复后到网站阅读：

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = 数字服务
service-now = 可立即打开
service-after = 连接后可用
service-offline = 互联网恢复后可用
service-call = 拨打 { $number }
service-io = IO 应用
service-io-hint = 在手机上接收公共机构的消息、提醒并付款。
service-municipium = Municipium 应用
service-municipium-hint = 新闻、问题上报和垃圾收集。
service-certificates = 户籍证明
service-certificates-hint = 居住、出生、家庭状况：凭 SPID 或 CIE 免费办理。
service-fines = 罚单
service-fines-hint = 查询并缴纳罚款。
service-payments = 付款 (pagoPA)
service-payments-hint = 税费、学校餐费及其他市政付款。
service-appointments = 预约
service-appointments-hint = 选择窗口、日期和时间。
service-sue = 建筑许可 (SUE)
service-sue-hint = 建筑和景观手续。
service-suap = 企业服务 (SUAP)
service-suap-hint = 开办、变更或关闭企业。
service-youtube = YouTube 频道
service-youtube-hint = 市议会会议和活动视频。
service-help = 数字服务帮助
service-help-hint = 帮助点：有人当面免费为您提供帮助。
service-emergency = 紧急电话 112
service-emergency-hint = 统一号码：急救、消防、警察。免费，全天候。
service-website = 市政网站
service-website-hint = 办公室、开放时间、公告栏和文件。
