// The emoji that people here are likely to use, by Slack's names for them.

const NAMED = `
pushpin 📌 round_pushpin 📍 white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ black_square_button 🔲 x ❌
negative_squared_cross_mark ❎ eyes 👀 raised_hands 🙌 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋
clap 👏 pray 🙏 muscle 💪 point_up ☝️ point_up_2 👆 point_down 👇 point_left 👈 point_right 👉 raised_hand ✋
hand ✋ raising_hand 🙋 handshake 🤝 writing_hand ✍️ v ✌️ crossed_fingers 🤞 fist ✊ facepunch 👊 punch 👊
rotating_light 🚨 fire 🔥 fire_engine 🚒 fire_extinguisher 🧯 ambulance 🚑 police_car 🚓 sos 🆘 boom 💥 bomb 💣
warning ⚠️ construction 🚧 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 stop_sign 🛑 bangbang ‼️
exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ question ❓ grey_question ❔ interrobang ⁉️
red_circle 🔴 large_orange_circle 🟠 orange_circle 🟠 large_yellow_circle 🟡 yellow_circle 🟡
large_green_circle 🟢 green_circle 🟢 large_blue_circle 🔵 blue_circle 🔵 large_purple_circle 🟣
white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_green_square 🟩 large_yellow_square 🟨
red_square 🟥 white_small_square ▫️ black_small_square ▪️ large_orange_diamond 🔶 small_blue_diamond 🔹
bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 mute 🔇 loud_sound 🔊 speaker 🔈 pager 📟 telephone ☎️ phone ☎️
telephone_receiver 📞 calling 📲 iphone 📱 computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾
email 📧 e-mail 📧 envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 package 📦 postbox 📮
speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋
page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 bookmark 🔖 books 📚 book 📖 notebook 📓 ledger 📒
scroll 📜 newspaper 📰 file_folder 📁 open_file_folder 📂 card_index 📇 paperclip 📎 link 🔗 wastebasket 🗑️
calendar 📆 date 📅 spiral_calendar_pad 🗓️ chart_with_upwards_trend 📈 chart_with_downwards_trend 📉
bar_chart 📊 clock1 🕐 clock3 🕒 alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ hourglass ⌛
hourglass_flowing_sand ⏳ watch ⌚ mantelpiece_clock 🕰️ lock 🔒 unlock 🔓 key 🔑 closed_lock_with_key 🔐
shield 🛡️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 screwdriver 🪛 mag 🔍
mag_right 🔎 bulb 💡 flashlight 🔦 battery 🔋 electric_plug 🔌 satellite 🛰️ satellite_antenna 📡 microscope 🔬
telescope 🔭 test_tube 🧪 brain 🧠 robot_face 🤖 ghost 👻 skull 💀 alien 👽 bug 🐛 beetle 🪲 ant 🐜 bee 🐝
snail 🐌 turtle 🐢 snake 🐍 whale 🐳 octopus 🐙 penguin 🐧 cat 🐱 dog 🐶 fox_face 🦊 raccoon 🦝 bear 🐻
panda_face 🐼 monkey 🐒 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 unicorn_face 🦄 dragon 🐉
rocket 🚀 airplane ✈️ ship 🚢 anchor ⚓ steam_locomotive 🚂 bike 🚲 car 🚗 checkered_flag 🏁
triangular_flag_on_post 🚩 white_flag 🏳️ flag-eu 🇪🇺 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️
arrow_upper_right ↗️ arrow_lower_right ↘️ arrows_counterclockwise 🔄 arrow_right_hook ↪️
leftwards_arrow_with_hook ↩️ repeat 🔁 fast_forward ⏩ rewind ⏪ arrow_forward ▶️ double_vertical_bar ⏸️
black_square_for_stop ⏹️ heavy_plus_sign ➕ heavy_minus_sign ➖ heavy_multiplication_x ✖️ 100 💯 new 🆕 ok 🆗
up 🆙 cool 🆒 free 🆓 id 🆔 information_source ℹ️ zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣
seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 hash #️⃣ tada 🎉 confetti_ball 🎊 balloon 🎈 birthday 🎂 gift 🎁
trophy 🏆 medal 🎖️ sports_medal 🏅 first_place_medal 🥇 dart 🎯 game_die 🎲 art 🎨 performing_arts 🎭
clapper 🎬 musical_note 🎵 headphones 🎧 microphone 🎤 coffee ☕ tea 🍵 beer 🍺 beers 🍻 pizza 🍕 cake 🍰
cookie 🍪 popcorn 🍿 apple 🍎 banana 🍌 avocado 🥑 taco 🌮 sunny ☀️ partly_sunny ⛅ cloud ☁️ rain_cloud 🌧️
thunder_cloud_and_rain ⛈️ zap ⚡ snowflake ❄️ rainbow 🌈 ocean 🌊 droplet 💧 umbrella ☔ star ⭐ star2 🌟
sparkles ✨ dizzy 💫 crescent_moon 🌙 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐
seedling 🌱 evergreen_tree 🌲 herb 🌿 four_leaf_clover 🍀 rose 🌹 sunflower 🌻 mushroom 🍄
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤
white_heart 🤍 broken_heart 💔 sparkling_heart 💖
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rolling_on_the_floor_laughing 🤣
slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩
kissing_heart 😘 yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 zany_face 🤪 hugging_face 🤗
thinking_face 🤔 zipper_mouth_face 🤐 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 exploding_head 🤯
face_with_cowboy_hat 🤠 partying_face 🥳 sunglasses 😎 nerd_face 🤓 face_with_monocle 🧐 confused 😕
worried 😟 slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳 pleading_face 🥺 fearful 😨
cold_sweat 😰 cry 😢 sob 😭 scream 😱 confounded 😖 disappointed 😞 sweat 😓 weary 😩 tired_face 😫
yawning_face 🥱 triumph 😤 rage 😡 angry 😠 saluting_face 🫡 melting_face 🫠 shrug 🤷 face_palm 🤦 bow 🙇
man_in_business_suit_levitating 🕴️ detective 🕵️ firefighter 🧑‍🚒 technologist 🧑‍💻 scientist 🧑‍🔬 doctor 🧑‍⚕️
bust_in_silhouette 👤 busts_in_silhouette 👥 runner 🏃 walking 🚶 standing_person 🧍 crown 👑 tophat 🎩
helmet_with_white_cross ⛑️ house 🏠 office 🏢 hospital 🏥 factory 🏭 moneybag 💰 credit_card 💳 receipt 🧾
label 🏷️ ticket 🎫 ladder 🪜 compass 🧭 world_map 🗺️ thermometer 🌡️ pill 💊 syringe 💉 adhesive_bandage 🩹
door 🚪 bed 🛏️ broom 🧹 soap 🧼 magnet 🧲 chains ⛓️ hook 🪝 crystal_ball 🔮 jigsaw 🧩 puzzle_piece 🧩
`;

const CHARACTERS = new Map();
const words = NAMED.trim().split(/\s+/);
for (let i = 0; i < words.length; i += 2) CHARACTERS.set(words[i], words[i + 1]);

const TONES = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };

export const FIRST = ["pushpin", "white_check_mark", "eyes"];

/** The character of an emoji name, or null for one we cannot draw. */
export function emoji(name) {
  const [base, tone] = name.split("::skin-tone-");
  const character = CHARACTERS.get(base);
  return character ? character + (TONES[tone] ?? "") : null;
}

export function emojiNames(typed = "") {
  const names = [...CHARACTERS.keys()];
  const starting = names.filter((name) => name.startsWith(typed));
  return typed ? [...starting, ...names.filter((name) => name.includes(typed) && !starting.includes(name))] : names;
}
